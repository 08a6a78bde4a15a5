// Model.

#include "tests/world/model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

absl::Status CheckAverage(const std::string& key, const char* window,
                          const results::Average& got,
                          const std::vector<double>& values, size_t last) {
  const size_t n = std::min(last, values.size());
  long double sum = 0;
  for (size_t i = values.size() - n; i < values.size(); ++i) sum += values[i];
  const double want = static_cast<double>(sum / n);
  if (got.count() == n &&
      std::fabs(got.average() - want) <= 1e-9 * std::fabs(want)) {
    return absl::OkStatus();
  }
  return absl::InternalError(
      absl::StrCat("key ", key, ", window ", window, ": ", got.average(),
                   " of ", got.count(), " values, want ", want, " of ", n));
}

}  // namespace

std::map<std::string, std::vector<double>> Model::Fold(int64_t end) const {
  std::map<std::string, std::vector<double>> values;
  for (int64_t i = 0; i < end; ++i) {
    const Record& record = records_[static_cast<size_t>(i)];
    double value = 0;
    if (!record.present) continue;
    if (!record.value.has_value()) {
      values.erase(record.key);
    } else if (absl::SimpleAtod(*record.value, &value)) {
      values[record.key].push_back(value);
    }
  }
  return values;
}

absl::Status Model::Check(const CommittedView& view, Offset* next) const {
  *next = Offset(-1);
  const auto it = view.find(std::string(kCheckpointKey));
  if (it == view.end()) {
    return view.empty() ? absl::OkStatus()
                        : absl::InternalError("snapshots without a checkpoint");
  }
  results::Checkpoint checkpoint;
  const absl::Status decoded = DecodeCheckpoint(it->second, &checkpoint);
  if (!decoded.ok()) return decoded;
  *next = Offset(checkpoint.next_offset());
  if (*next > end()) {
    return absl::InternalError(
        absl::StrCat("the checkpoint is at ", checkpoint.next_offset(),
                     ", the input ends at ", end().value()));
  }
  const auto want = Fold(checkpoint.next_offset());
  if (want.size() != view.size() - 1) {
    return absl::InternalError(absl::StrCat(view.size() - 1, " keys, want ",
                                            want.size(), " at offset ",
                                            checkpoint.next_offset()));
  }
  for (const auto& [key, values] : want) {
    const auto found = view.find(key);
    if (found == view.end()) {
      return absl::InternalError(absl::StrCat("key ", key, " is lost"));
    }
    results::Snapshot snapshot;
    absl::Status status = DecodeSnapshot(found->second, &snapshot);
    if (status.ok() && snapshot.averages_size() != 2) {
      status = absl::InternalError("not two averages");
    }
    if (status.ok()) {
      status = CheckAverage(key, "last", snapshot.averages(0), values, kCount);
    }
    if (status.ok()) {
      status =
          CheckAverage(key, "all", snapshot.averages(1), values, values.size());
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean

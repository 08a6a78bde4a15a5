// LastAndAll, AnyOrder, ToModelRecord and CheckView.

#include "tests/world/view_check.h"

#include <cmath>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {

StateSpec LastAndAll() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last", WindowSpec::Kind::kCount, 3, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

StateSpec AnyOrder() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {
      {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0},
      {"time", WindowSpec::Kind::kTimeExact, 0, 5000000, 0, 0, 0},
      {"panes", WindowSpec::Kind::kTimePanes, 0, 5000000, 1000000, 0, 0},
      {"decayed", WindowSpec::Kind::kEwmaHalfLife, 0, 0, 0, 0, 2000000}};
  return spec;
}

ModelRecord ToModelRecord(const absl::optional<std::string>& key,
                          const absl::optional<std::string>& value,
                          int64_t timestamp_ms) {
  ModelRecord record;
  record.key = key;
  record.text = value;
  record.timestamp_ms = timestamp_ms;
  if (!key.has_value() || key->size() > 65536 || IsReservedKey(*key)) {
    record.kind = ModelRecord::Kind::kBad;
  } else if (!value.has_value()) {
    record.kind = ModelRecord::Kind::kDelete;
  } else if (absl::SimpleAtod(*value, &record.value) &&
             std::fabs(record.value) <= 1e140) {
    record.kind = ModelRecord::Kind::kValue;
  } else {
    record.kind = ModelRecord::Kind::kBad;
  }
  return record;
}

absl::Status CheckView(const Model& model, const CommittedView& view,
                       Offset* next) {
  *next = Offset(-1);
  const auto it = view.find(std::string(kCheckpointKey));
  if (it == view.end()) {
    return view.empty() ? absl::OkStatus()
                        : absl::InternalError("snapshots without a checkpoint");
  }
  results::Checkpoint checkpoint;
  absl::Status status = DecodeCheckpoint(it->second, &checkpoint);
  if (!status.ok()) return status;
  *next = Offset(checkpoint.next_offset());
  if (*next > model.end()) {
    return absl::InternalError(
        absl::StrCat("the checkpoint is at ", checkpoint.next_offset(),
                     ", the input ends at ", model.end().value()));
  }
  ModelFold fold = model.StartAt(Offset(checkpoint.start_offset()));
  std::set<std::string> keys;  // of the fold, deleted ones too, and the view
  model.Advance(*next, &fold, &keys);
  for (const auto& [key, value] : view) {
    if (!IsReservedKey(key)) keys.insert(key);
  }
  for (const std::string& key : keys) {
    const auto found = view.find(key);
    status = model.CheckKey(
        fold, key,
        found == view.end() ? absl::nullopt
                            : absl::optional<absl::string_view>(found->second));
    if (!status.ok()) {
      return absl::InternalError(
          absl::StrCat("key ", key, ": ", status.message()));
    }
  }
  return Model::CheckCheckpoint(fold, checkpoint);
}

}  // namespace exactmean

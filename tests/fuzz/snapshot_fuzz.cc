// A snapshot's bytes to windows: refused without a trace, or taken in whole,
// given out again unchanged, and fit to go on from. The first byte chooses the
// windows, the rest is the snapshot.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/result.pb.h"
#include "state/average.h"
#include "state/key_windows.h"
#include "state/result_codec.h"
#include "state/types.h"
#include "tests/fuzz/absurd_counts.h"
#include "tests/fuzz/layouts.h"
#include "tests/fuzz/proto_mutator.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

// The bytes of the fields that hold windows.
std::string BytesOf(const KeyWindows& windows, const WindowLayout& layout) {
  results::Snapshot snapshot;
  windows.ToProto(layout, &snapshot);
  return EncodeResult(snapshot);
}

void CheckRefusal(const absl::Status& status) {
  FUZZ_CHECK(absl::IsDataLoss(status), status.ToString());
  FUZZ_CHECK(!status.message().empty(), "no message");
}

// What of `snapshot` a KeyWindows keeps, and nothing that no build wrote.
std::string WindowsOf(const WindowLayout& layout, results::Snapshot snapshot) {
  if (!layout.in_segments()) snapshot.clear_first_segment();
  snapshot.DiscardUnknownFields();
  snapshot.clear_format();
  snapshot.clear_last_offset();
  snapshot.clear_event_time();
  snapshot.clear_records();
  snapshot.clear_retried();
  snapshot.clear_averages();
  return EncodeResult(snapshot);
}

void CheckAverages(const KeyWindows& windows, const WindowLayout& layout) {
  std::vector<Average> averages(layout.windows.size());
  windows.ToAverages(layout, absl::MakeSpan(averages));
  for (size_t i = 0; i < averages.size(); ++i) {
    const Average& a = averages[i];
    const std::string what =
        absl::StrCat(layout.windows[i].name, ": ", a.count, " ", a.average, " ",
                     a.min, " ", a.max, " ", a.stddev);
    FUZZ_CHECK(std::isfinite(a.average) && std::isfinite(a.min) &&
                   std::isfinite(a.max) && std::isfinite(a.stddev),
               what);
    FUZZ_CHECK(a.min <= a.max && a.stddev >= 0, what);
  }
}

// Folds a few samples in; what then is written can be read.
void CheckGoesOn(const WindowLayout& layout, int64_t time,
                 KeyWindows* windows) {
  for (const double value : {1.5, -1e140, 1e140}) {
    const Sample sample{value, EventTime(time)};
    if (!IsAdmissible(sample)) return;
    windows->Add(layout, sample);
    CheckAverages(*windows, layout);
    time += 15'000'000;
  }
  results::Snapshot snapshot;
  windows->ToWholeProto(layout, &snapshot);
  KeyWindows again;
  const absl::Status status = again.FromProto(layout, snapshot);
  FUZZ_CHECK(status.ok(), status.ToString());
  results::Snapshot same;
  again.ToWholeProto(layout, &same);
  FUZZ_CHECK(EncodeResult(same) == EncodeResult(snapshot),
             snapshot.ShortDebugString());
}

void CheckSnapshot(const WindowLayout& layout, absl::string_view bytes) {
  results::Snapshot snapshot;
  const absl::Status decoded = DecodeSnapshot(bytes, &snapshot);
  if (!decoded.ok()) return CheckRefusal(decoded);
  results::Snapshot again;
  FUZZ_CHECK(DecodeSnapshot(EncodeResult(snapshot), &again).ok(), "not again");
  FUZZ_CHECK(EncodeResult(again) == EncodeResult(snapshot), "not the same");

  KeyWindows windows;
  windows.Add(layout, {3, EventTime(1'000'000)});
  const std::string before = BytesOf(windows, layout);
  const absl::Status read = windows.FromProto(layout, snapshot);
  if (!read.ok()) {
    CheckRefusal(read);
    FUZZ_CHECK(BytesOf(windows, layout) == before, "changed by a refusal");
    return;
  }
  // restore_fuzz has those.
  if (windows.awaited_segments() > 0) return;
  FUZZ_CHECK(BytesOf(windows, layout) == WindowsOf(layout, snapshot),
             snapshot.ShortDebugString());
  CheckAverages(windows, layout);
  if (HasAbsurdCount(snapshot)) return;
  CheckGoesOn(layout, snapshot.event_time(), &windows);
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  // Of eight one for each layout with and without segments.
  const exactmean::WindowLayout layout(
      exactmean::MakeSpec(data[0] % exactmean::kLayouts),
      /*in_segments=*/data[0] / exactmean::kLayouts % 2 == 1);
  exactmean::CheckSnapshot(layout, exactmean::InputText(data + 1, size - 1));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  if (size == 0 || seed % 16 == 0)
    return LLVMFuzzerMutate(data, size, max_size);
  return 1 + exactmean::MutateSerialized(exactmean::results::Snapshot(),
                                         data + 1, size - 1, max_size - 1,
                                         seed / 16);
}

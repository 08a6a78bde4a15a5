// SampleReader: what a step says, in our own terms.

#include "processor/sample_reader.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

// Without the step's payloads: ours mean something.
absl::Status Outcome(const absl::Status& said, const absl::Status& decoded) {
  const std::string text(said.message());
  if (absl::IsUnavailable(said)) return absl::UnavailableError(text);
  if (absl::IsInvalidArgument(said)) {
    // A step that passes on what the decoder says has not refused anything.
    return said == decoded ? decoded : BadRecord(BadRecordKind::kRefused, text);
  }
  return Stop(StopReason::kStep,
              absl::StrCat(absl::StatusCodeToString(said.code()), ": ", text));
}

}  // namespace

absl::StatusOr<absl::optional<Sample>> SampleReader::ReadThroughStep(
    const LogRecord& record) {
  const auto passed = given_up_.find(record.partition);
  if (passed != given_up_.end() && passed->second.count(record.offset) > 0) {
    return BadRecord(BadRecordKind::kGivenUp,
                     "the step could not tell of it in time; it was given up");
  }
  StepRecord seen;
  seen.key = *record.key;
  seen.value = *record.value;
  seen.timestamp_ms = record.timestamp_ms;
  seen.partition = record.partition;
  seen.offset = record.offset;
  seen.decoded = decoder_->Decode(record);
  seen.headers = [&record] { return HeadersOf(record); };
  auto sample = step_->Apply(seen);
  if (sample.ok()) return sample;
  return Outcome(sample.status(), seen.decoded.status());
}

absl::StatusOr<SampleReader> MakeSampleReader(const Reading& reading) {
  auto step = MakeStep(reading.step, reading.linked);
  if (!step.ok()) return step.status();
  GivenUp given_up;
  if (*step != nullptr && reading.given_up != nullptr) {
    auto read = reading.given_up();
    if (!read.ok()) return read.status();
    given_up = *std::move(read);
  }
  return SampleReader(MakeDecoder(reading.source), *std::move(step),
                      std::move(given_up));
}

}  // namespace exactmean

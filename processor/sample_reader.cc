// SampleReader: what a step says, in our own terms.

#include "processor/sample_reader.h"

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
  return SampleReader(MakeDecoder(reading.source), *std::move(step));
}

}  // namespace exactmean

// InputWalk.

#include "tools/inspect/explain/input_walk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

constexpr uint64_t kGrowth = 4;
constexpr uint64_t kLongest = 1 << 20;

void Advance(absl::optional<EventTime> time, absl::optional<EventTime>* to) {
  if (time.has_value() && (!to->has_value() || *time > **to)) *to = time;
}

}  // namespace

InputWalk::InputWalk(TopicReader* reader, SampleReader samples, Options options)
    : reader_(reader),
      samples_(std::move(samples)),
      options_(std::move(options)),
      from_(options_.end),
      length_(
          std::min(kLongest, std::max<uint64_t>(1, options_.first_length))) {}

absl::Status InputWalk::Step(const ScanOptions& options) {
  const Offset to = from_;
  const Offset from(std::max(options_.low.value(),
                             to.value() - static_cast<int64_t>(length_)));
  length_ = std::min(kLongest, length_ * kGrowth);
  Part part;
  const auto ends = Scan(reader_, {Stretch{options_.partition, from, to}},
                         options, [&](const LogRecord& record) {
                           ++records_read_;
                           return Take(record, options, &part);
                         });
  if (!ends.ok()) return ends.status();
  if ((*ends)[0].held_back) {
    return absl::UnavailableError(absl::StrFormat(
        "input partition %d cannot be read from offset %d on, which the state "
        "has passed: an open transaction, or brokers that lag behind. Run "
        "this again",
        options_.partition.value(), (*ends)[0].position.value()));
  }
  from_ = from;
  parts_.push_back(std::move(part));
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<Sample>> InputWalk::Read(
    const LogRecord& record, const ScanOptions& options) {
  auto sample = samples_.Read(record);
  if (absl::IsUnavailable(sample.status())) {
    sample = AskWhileUnavailable(options.clock, options.patience,
                                 [&] { return samples_.Read(record); });
  }
  if (sample.ok() && sample->has_value() && !IsAdmissible(**sample)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("value %g is out of range", (*sample)->value));
  }
  if (sample.ok() || absl::IsInvalidArgument(sample.status())) return sample;
  const std::string what = absl::StrFormat(
      "the pipeline's step, of the record in partition %d, offset %d: %s",
      record.partition.value(), record.offset.value(),
      sample.status().message());
  if (IsStop(sample.status())) return Stop(ReasonOf(sample.status()), what);
  return absl::UnavailableError(what);
}

absl::Status InputWalk::Take(const LogRecord& record,
                             const ScanOptions& options, Part* part) {
  const bool ours = record.key == options_.key;
  // Others matter for the stream time alone, and then not those without a key.
  if (!ours && !options_.grace_us.has_value()) return absl::OkStatus();
  Met met;
  met.record.offset = record.offset;
  met.stream_time = part->stream_time;
  if (!record.value.has_value()) {
    met.record.fate = InputRecord::Fate::kDeletes;
  } else if (!record.key.has_value() || IsReservedKey(*record.key)) {
    met.record.fate = InputRecord::Fate::kSkipped;
  } else {
    const auto sample = Read(record, options);
    if (absl::IsInvalidArgument(sample.status())) {
      met.record.fate = InputRecord::Fate::kSkipped;
      met.record.problem = std::string(sample.status().message());
    } else if (!sample.ok()) {
      return sample.status();
    } else if (!sample->has_value()) {
      met.record.fate = InputRecord::Fate::kFiltered;
    } else {
      met.record.sample = **sample;
      Advance((*sample)->time, &part->stream_time);
    }
  }
  if (ours) part->met.push_back(std::move(met));
  return absl::OkStatus();
}

std::vector<InputRecord> InputWalk::Records() const {
  std::vector<InputRecord> records;
  absl::optional<EventTime> before;  // the part: of those before it
  const bool all = from_ <= options_.begin;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    for (const Met& met : part->met) {
      InputRecord record = met.record;
      absl::optional<EventTime> stream_time = before;
      Advance(met.stream_time, &stream_time);
      if (record.fate == InputRecord::Fate::kFolded &&
          options_.grace_us.has_value()) {
        const int64_t limit = record.sample.time.value() + *options_.grace_us;
        if (stream_time.has_value() && limit < stream_time->value()) {
          record.fate = InputRecord::Fate::kLate;
        } else {
          record.may_be_late = !all && limit < options_.stream_time.value();
        }
      }
      records.push_back(std::move(record));
    }
    Advance(part->stream_time, &before);
  }
  return records;
}

}  // namespace exactmean

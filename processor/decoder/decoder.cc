// One decoder for all formats: a format finds the fields' texts, and here they
// become a number and a time.

#include "processor/decoder/decoder.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/decoder/event_time.h"
#include "processor/decoder/field_reader.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/number.h"

namespace exactmean {
namespace {

class FieldDecoder : public Decoder {
 public:
  FieldDecoder(const SourceSpec& spec, std::unique_ptr<FieldReader> reader)
      : time_format_(spec.time_format),
        max_ahead_us_(spec.max_ahead_us),
        reader_(std::move(reader)) {}

  absl::StatusOr<Sample> Decode(const LogRecord& record) override {
    if (!record.value.has_value()) {
      return absl::InvalidArgumentError("the record's value is null");
    }
    const absl::StatusOr<Fields> fields = reader_->Read(*record.value);
    if (!fields.ok()) return fields.status();
    const absl::StatusOr<double> value = ParseNumber(fields->value);
    if (!value.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("value ", value.status().message()));
    }
    const absl::StatusOr<EventTime> time =
        time_format_ == TimeFormat::kRecordTimestamp
            ? EventTimeOfRecord(record.timestamp_ms)
            : TimeOf(*fields, record.timestamp_ms);
    if (!time.ok()) return time.status();
    return Sample{*value, *time};
  }

 private:
  absl::StatusOr<EventTime> TimeOf(const Fields& fields,
                                   int64_t timestamp_ms) const {
    const absl::StatusOr<EventTime> time =
        ParseEventTime(fields.time, time_format_);
    if (!time.ok()) return time;
    const absl::StatusOr<EventTime> own = EventTimeOfRecord(timestamp_ms);
    // Both are in the years 1 to 9999: the difference does not overflow.
    if (own.ok() && time->value() - own->value() > max_ahead_us_) {
      return absl::InvalidArgumentError(
          absl::StrCat("event time ",
                       absl::FormatTime(absl::FromUnixMicros(time->value()),
                                        absl::UTCTimeZone()),
                       " is further ahead of the record's own timestamp, ",
                       absl::FormatTime(absl::FromUnixMillis(timestamp_ms),
                                        absl::UTCTimeZone()),
                       ", than input.event_time.max_ahead allows"));
    }
    return time;
  }

  const TimeFormat time_format_;
  const int64_t max_ahead_us_;
  const std::unique_ptr<FieldReader> reader_;
};

}  // namespace

std::unique_ptr<Decoder> MakeDecoder(const SourceSpec& spec) {
  return std::make_unique<FieldDecoder>(spec, MakeFieldReader(spec));
}

}  // namespace exactmean

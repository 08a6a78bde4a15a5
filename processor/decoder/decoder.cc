// One decoder for all formats: a format finds the fields' texts, and here they
// become a number and a time.

#include "processor/decoder/decoder.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/csv_fields.h"
#include "processor/decoder/event_time.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_fields.h"
#include "processor/decoder/json_pointer.h"
#include "processor/decoder/number.h"

namespace exactmean {
namespace {

// The whole value is the number.
class WholeValue : public FieldReader {
 public:
  absl::StatusOr<Fields> Read(absl::string_view record) override {
    return Fields{record, ""};
  }
};

class FieldDecoder : public Decoder {
 public:
  FieldDecoder(TimeFormat time_format, std::unique_ptr<FieldReader> reader)
      : time_format_(time_format), reader_(std::move(reader)) {}

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
            : ParseEventTime(fields->time, time_format_);
    if (!time.ok()) return time.status();
    return Sample{*value, *time};
  }

 private:
  const TimeFormat time_format_;
  const std::unique_ptr<FieldReader> reader_;
};

std::unique_ptr<FieldReader> MakeFieldReader(const SourceSpec& spec) {
  switch (spec.format) {
    case SourceSpec::Format::kJson: {
      absl::optional<JsonPointer> time;
      if (spec.time_format != TimeFormat::kRecordTimestamp) {
        time = ParseJsonPointer(spec.time_pointer).value();
      }
      return MakeJsonFields(ParseJsonPointer(spec.value_pointer).value(),
                            std::move(time));
    }
    case SourceSpec::Format::kCsv:
      return MakeCsvFields(spec);
    case SourceSpec::Format::kNumber:
      break;
  }
  return std::make_unique<WholeValue>();
}

}  // namespace

std::unique_ptr<Decoder> MakeDecoder(const SourceSpec& spec) {
  return std::make_unique<FieldDecoder>(spec.time_format,
                                        MakeFieldReader(spec));
}

}  // namespace exactmean

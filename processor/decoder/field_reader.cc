// MakeFieldReader.

#include "processor/decoder/field_reader.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/csv_fields.h"
#include "processor/decoder/json_fields.h"
#include "processor/decoder/json_pointer.h"

namespace exactmean {
namespace {

// The whole value is the number.
class WholeValue : public FieldReader {
 public:
  absl::StatusOr<Fields> Read(absl::string_view record) override {
    return Fields{record, ""};
  }
};

}  // namespace

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

}  // namespace exactmean

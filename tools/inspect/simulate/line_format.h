// How a line of text stands for an input record.

#ifndef EXACTMEAN_TOOLS_INSPECT_SIMULATE_LINE_FORMAT_H_
#define EXACTMEAN_TOOLS_INSPECT_SIMULATE_LINE_FORMAT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"

namespace exactmean {

// A line is [TIME separator] [KEY separator] VALUE.
struct LineFormat {
  // Empty: lines have no time of their own. Line n then is at
  // (n - 1) * `timestamp_step` after 1970; absent: it has no timestamp.
  std::string timestamp_separator;
  absl::optional<absl::Duration> timestamp_step;

  // The first of these that is there says where the key is.
  std::string key_separator;              // before this
  absl::optional<SourceSpec> key_source;  // in the value, at its value field
  std::string key;                        // it is this

  bool empty_is_null = false;  // an empty VALUE is a null value
};

// Confined to one thread.
class LineParser {
 public:
  explicit LineParser(LineFormat format);

  // Line `number`, from 1, without its end, as the record at offset number - 1
  // of partition 0. Its views are valid until the next call, and no longer than
  // `line`. kInvalidArgument: the line is not of the format.
  absl::StatusOr<LogRecord> Parse(uint64_t number, absl::string_view line);

 private:
  const LineFormat format_;
  const std::unique_ptr<FieldReader> key_reader_;  // null: none is needed
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SIMULATE_LINE_FORMAT_H_

// The seam within the decoder: what a format has to find in a record's value.

#ifndef EXACTMEAN_PROCESSOR_DECODER_FIELDS_H_
#define EXACTMEAN_PROCESSOR_DECODER_FIELDS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The texts of a record's number and of its event time (empty when the record's
// timestamp serves), quotes and escapes removed.
struct Fields {
  absl::string_view value;
  absl::string_view time;
};

// Finds the fields of one format. Confined to one thread.
class FieldReader {
 public:
  virtual ~FieldReader() = default;

  // The fields are valid until the next call, and no longer than `record`.
  // kInvalidArgument: the record is not of the format, or lacks a field.
  virtual absl::StatusOr<Fields> Read(absl::string_view record) = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_FIELDS_H_

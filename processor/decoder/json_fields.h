// Finds the fields of a JSON record by JSON pointers.

#ifndef EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_
#define EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_

#include <cstddef>
#include <memory>

#include "absl/types/optional.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_pointer.h"

namespace exactmean {

// A reader of JSON documents (RFC 8259). Each pointer leads to a number, or to
// a string, whose text the field then is. One pass, without a tree.
//
// Of the whole document, this is checked: valid UTF-8 without a byte order
// mark, one object or array with nothing after it, strings closed, brackets
// balanced. Along the pointers everything is: a member met twice is an error,
// for who could say which is meant. Other members are stepped over: what stands
// inside them, such as the NaN that some writers put, costs nobody a record.
std::unique_ptr<FieldReader> MakeJsonFields(JsonPointer value,
                                            absl::optional<JsonPointer> time);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_

// Finds the fields of a JSON record by JSON pointers.

#ifndef EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_
#define EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_

#include <memory>

#include "absl/types/optional.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_pointer.h"

namespace exactmean {

// A reader of JSON documents (RFC 8259). Each pointer leads to a number, or to
// a string, whose text the field then is. One pass, without a tree.
//
// The whole document is checked, to its last byte: a record is either JSON or
// bad. Beyond the grammar: the document is an object or an array, no deeper
// than 256 levels; no member on the way to a field is there twice, for who
// could say which is meant. Members aside may be NaN, Infinity and -Infinity,
// which many writers put: that costs nobody a record.
//
// Not simdjson, though it is quick: what it steps over it does not check, and
// what it then lets pass differs between its implementations for different
// machines. On small records this is as fast; the tests compare the two.
std::unique_ptr<FieldReader> MakeJsonFields(JsonPointer value,
                                            absl::optional<JsonPointer> time);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_JSON_FIELDS_H_

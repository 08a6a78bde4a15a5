// JSON pointers (RFC 6901): text to steps.

#ifndef EXACTMEAN_PROCESSOR_DECODER_JSON_POINTER_H_
#define EXACTMEAN_PROCESSOR_DECODER_JSON_POINTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The way from the whole document to one value in it.
struct JsonPointer {
  struct Step {
    std::string name;    // of an object's member, "~0" and "~1" resolved
    int64_t index = -1;  // in an array, from 0; -1: the name is no index
  };
  std::string text;
  std::vector<Step> steps;  // at least one
};

// "/price", "/trades/0/price", "/a~1b" for the member "a/b". The empty pointer
// (the whole document) is refused: it leads to no member.
absl::StatusOr<JsonPointer> ParseJsonPointer(absl::string_view text);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_JSON_POINTER_H_

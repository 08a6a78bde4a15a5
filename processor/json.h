// The parts of JSON output that are easily got wrong.

#ifndef EXACTMEAN_PROCESSOR_JSON_H_
#define EXACTMEAN_PROCESSOR_JSON_H_

#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

bool IsUtf8(absl::string_view text);

// `text` in quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonString(absl::string_view text);

// The shortest decimal that reads back as `value`. REQUIRES: finite.
std::string JsonNumber(double value);
void AppendJsonNumber(double value, std::string* out);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_JSON_H_

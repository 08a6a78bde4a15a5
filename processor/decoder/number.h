// Decimal text to double: correctly rounded, the same in every locale and on
// every machine.

#ifndef EXACTMEAN_PROCESSOR_DECODER_NUMBER_H_
#define EXACTMEAN_PROCESSOR_DECODER_NUMBER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The double nearest to the decimal number that `text` is, blanks around it
// aside: "12", "-0.5", "+.5", "1.", "6e23". Too small for a double is zero (or
// denormal), as rounding has it; too large is an error, as are NaN, infinity,
// hexadecimal and anything else.
absl::StatusOr<double> ParseNumber(absl::string_view text);

// How many bytes at the beginning of `text` are a number by JSON's grammar (RFC
// 8259), which has no plus sign, no leading zero, and digits on both sides of
// the point; 0: none are.
size_t JsonNumberLength(absl::string_view text);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_NUMBER_H_

// WithCommas and Plural.

#include "state/counts.h"

#include "absl/strings/str_cat.h"

namespace exactmean {

std::string WithCommas(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string Plural(uint64_t number, absl::string_view noun) {
  return absl::StrCat(WithCommas(number), " ", noun, number == 1 ? "" : "s");
}

std::string Plural(uint64_t number, absl::string_view noun,
                   absl::string_view one_does, absl::string_view many_do) {
  return absl::StrCat(Plural(number, noun), " ",
                      number == 1 ? one_does : many_do);
}

}  // namespace exactmean

// Counts as all texts have them.

#ifndef EXACTMEAN_STATE_COUNTS_H_
#define EXACTMEAN_STATE_COUNTS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// 1234567 as "1,234,567".
std::string WithCommas(uint64_t number);

// "1 member", "1,234 members".
std::string Plural(uint64_t number, absl::string_view noun);

// What they do: "1 record waits", "2 records wait".
std::string Plural(uint64_t number, absl::string_view noun,
                   absl::string_view one_does, absl::string_view many_do);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_COUNTS_H_

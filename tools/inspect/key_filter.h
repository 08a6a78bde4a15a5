// Keys as people type and read them: printed with escapes, taken with escapes,
// chosen by prefix or pattern.

#ifndef EXACTMEAN_TOOLS_INSPECT_KEY_FILTER_H_
#define EXACTMEAN_TOOLS_INSPECT_KEY_FILTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// `key` in printable text, as KeysMeantBy takes it back: C escapes stand for
// backslashes, quotes and control characters, and for all bytes beyond ASCII
// when the key is no UTF-8.
std::string PrintableKey(absl::string_view key);

// The keys for which a word of the command line may stand, the likeliest first:
// the one that it spells, and the one that its C escapes ("\xff", "\\") stand
// for.
std::vector<std::string> KeysMeantBy(absl::string_view word);

// Which keys are asked for. A value; matching does not allocate.
class KeyFilter {
 public:
  // All keys.
  KeyFilter() = default;

  // Those that begin with `prefix` and are described, from end to end, by the
  // pattern `match`: * stands for any bytes, ? for one byte; empty: any. In
  // both C escapes stand for bytes, in the pattern \* and \? for themselves.
  // kInvalidArgument: an escape that is none.
  static absl::StatusOr<KeyFilter> Create(absl::string_view prefix,
                                          absl::string_view match);

  bool Matches(absl::string_view key) const;

 private:
  static constexpr int16_t kAnyBytes = -1;
  static constexpr int16_t kOneByte = -2;

  bool MatchesPattern(absl::string_view key) const;

  std::string prefix_;
  std::vector<int16_t> pattern_;  // bytes, kAnyBytes, kOneByte
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_KEY_FILTER_H_

// Formatting; lists format millions, so the common cases are quick.

#include "tools/inspect/text/format.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr int64_t kSecond = 1000000;

void PutDigits(char* at, int64_t number, int digits) {
  for (int i = digits; i-- > 0; number /= 10) {
    at[i] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

std::string TimeText(int64_t micros) {
  const absl::Time time = absl::FromUnixMicros(micros);
  const absl::CivilSecond civil =
      absl::ToCivilSecond(time, absl::UTCTimeZone());
  if (civil.year() < 0 || civil.year() > 9999 || micros % kSecond != 0) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
  }
  std::string text = "0000-00-00T00:00:00Z";
  PutDigits(&text[0], civil.year(), 4);
  PutDigits(&text[5], civil.month(), 2);
  PutDigits(&text[8], civil.day(), 2);
  PutDigits(&text[11], civil.hour(), 2);
  PutDigits(&text[14], civil.minute(), 2);
  PutDigits(&text[17], civil.second(), 2);
  return text;
}

std::string NumberText(double value) {
  char text[32];
  const int size = std::snprintf(text, sizeof(text), "%.6g", value);
  return std::string(text, static_cast<size_t>(size));
}

std::vector<NamedWindow> WindowsOf(const results::Checkpoint* checkpoint,
                                   int averages) {
  std::vector<NamedWindow> windows;
  for (int i = 0; i < averages; ++i) {
    NamedWindow& window = windows.emplace_back();
    if (checkpoint == nullptr || i >= checkpoint->windows_size()) {
      window.name = absl::StrCat("window", i);
      continue;
    }
    window.name = checkpoint->windows(i);
    window.has_spread =
        !absl::StrContains(checkpoint->fingerprint_text(),
                           absl::StrCat("window ", window.name, " ewma "));
  }
  return windows;
}

}  // namespace exactmean

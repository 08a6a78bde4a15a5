// Formatting; lists format millions, so the common cases are quick.

#include "tools/inspect/text/format.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr int64_t kSecond = 1000000;
constexpr int64_t kDay = 24 * 60 * 60;

struct Date {
  int64_t year, month, day;
};

// 0000-03-01: years that begin in March have their leap day at the end, and 400
// of them are 146097 days.
constexpr int64_t kFirstMarch = -719468 * kDay;

// REQUIRES: days since kFirstMarch, none before it.
Date DateOf(int64_t days) {
  const int64_t era = days / 146097;
  const int64_t of_era = days % 146097;
  const int64_t year =
      (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t march = (5 * of_year + 2) / 153;  // 0 is March
  const int64_t month = march < 10 ? march + 3 : march - 9;
  return {400 * era + year + (month <= 2 ? 1 : 0), month,
          of_year - (153 * march + 2) / 5 + 1};
}

void PutDigits(char* at, int64_t number, int digits) {
  for (int i = digits; i-- > 0; number /= 10) {
    at[i] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

void AppendTimeText(int64_t micros, std::string* out) {
  constexpr int64_t kYear10000 = 253402300800 * kSecond;
  if (micros < kFirstMarch * kSecond || micros >= kYear10000) {
    *out += absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ",
                             absl::FromUnixMicros(micros), absl::UTCTimeZone());
    return;
  }
  const int64_t since = micros - kFirstMarch * kSecond;
  const int64_t of_day = since / kSecond % kDay;
  const Date date = DateOf(since / kSecond / kDay);
  char text[] = "0000-00-00T00:00:00.000000";
  PutDigits(&text[0], date.year, 4);
  PutDigits(&text[5], date.month, 2);
  PutDigits(&text[8], date.day, 2);
  PutDigits(&text[11], of_day / 3600, 2);
  PutDigits(&text[14], of_day / 60 % 60, 2);
  PutDigits(&text[17], of_day % 60, 2);
  const int64_t fraction = since % kSecond;
  size_t size = 19;  // to the seconds
  if (fraction != 0) {
    PutDigits(&text[20], fraction, 6);
    size = sizeof(text) - 1;
    while (text[size - 1] == '0') --size;
  }
  text[size++] = 'Z';
  out->append(text, size);
}

std::string TimeText(int64_t micros) {
  std::string text;
  AppendTimeText(micros, &text);
  return text;
}

std::string NumberText(double value) { return absl::StrCat(value); }

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

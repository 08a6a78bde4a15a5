// What holds for every refusal of a stranger's bytes.

#ifndef EXACTMEAN_TESTS_FUZZ_REFUSAL_H_
#define EXACTMEAN_TESTS_FUZZ_REFUSAL_H_

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "tests/fuzz/target.h"

namespace exactmean {

// Of a bad record: kInvalidArgument and one short, printable line.
inline void CheckBadRecord(const absl::Status& status) {
  FUZZ_CHECK(absl::IsInvalidArgument(status), status.ToString());
  FUZZ_CHECK(!status.message().empty(), "no message");
  FUZZ_CHECK(status.message().size() <= 300, status.ToString());
  for (const char c : status.message()) {
    FUZZ_CHECK(absl::ascii_isprint(c), status.ToString());
  }
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_REFUSAL_H_

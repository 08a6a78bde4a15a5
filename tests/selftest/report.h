// The page that the self-test ends with.

#ifndef EXACTMEAN_TESTS_SELFTEST_REPORT_H_
#define EXACTMEAN_TESTS_SELFTEST_REPORT_H_

#include <string>

#include "absl/time/time.h"
#include "tests/selftest/schedule.h"
#include "tests/selftest/trial.h"
#include "tests/selftest/verdict.h"

namespace exactmean {

std::string Report(const Verdict& verdict, const Story& story,
                   const Trial& trial, absl::Duration taken);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SELFTEST_REPORT_H_

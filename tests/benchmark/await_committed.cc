// await-committed: waits until a group has committed all of its input, and
// tells when: the end of a measured run, seen from outside.

#include <algorithm>
#include <iostream>
#include <memory>
#include <numeric>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/command_line.h"
#include "processor/kafka/testing/test_admin.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(std::string, group, "", "The consumer group.");
ABSL_FLAG(std::string, topic, "", "Its input; the end as of now counts.");
ABSL_FLAG(absl::Duration, timeout, absl::Minutes(15), "Then it gives up.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "await-committed [flags]";
// Often near the end, seldom before: to look takes time from who is measured.
constexpr absl::Duration kNear = absl::Milliseconds(5);
constexpr absl::Duration kFar = absl::Milliseconds(200);

int64_t Sum(const TestOffsets& offsets) {
  return std::accumulate(
      offsets.begin(), offsets.end(), int64_t{0},
      [](int64_t sum, const auto& entry) { return sum + entry.second; });
}

absl::Status Await() {
  const absl::Time start = absl::Now();
  const auto admin = TestAdmin::Create(absl::GetFlag(FLAGS_bootstrap_servers));
  if (!admin.ok()) return admin.status();
  const std::string topic = absl::GetFlag(FLAGS_topic);
  const auto ends = (*admin)->EndOffsets(topic, Isolation::kUncommitted);
  if (!ends.ok()) return ends.status();
  const int64_t end = Sum(*ends);
  int64_t before = -1;
  absl::Time last = start;
  absl::Status trouble;
  while (absl::Now() - start < absl::GetFlag(FLAGS_timeout)) {
    const auto committed =
        (*admin)->CommittedOffsets(absl::GetFlag(FLAGS_group), topic);
    const absl::Time now = absl::Now();
    // A group's first coordinator is not there at once.
    trouble = committed.status();
    const int64_t done = committed.ok() ? Sum(*committed) : -1;
    if (done >= end) {
      std::cout << "RESULT done_ms=" << absl::ToUnixMillis(now) << std::endl;
      return absl::OkStatus();
    }
    // A quarter of the time that is left at the rate since the last look.
    absl::Duration pause = kFar;
    if (before >= 0 && done > before) {
      pause = (now - last) *
              (static_cast<double>(end - done) /
               static_cast<double>(done - before)) /
              4;
    }
    before = done;
    last = now;
    absl::SleepFor(std::min(std::max(pause, kNear), kFar));
  }
  return absl::DeadlineExceededError(absl::StrCat(
      "the group did not reach the end in time. ", trouble.message()));
}

int Main() {
  const absl::Status status = Await();
  if (!status.ok()) {
    std::cerr << "await-committed: " << status.message() << "\n";
  }
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  return exactmean::Main();
}

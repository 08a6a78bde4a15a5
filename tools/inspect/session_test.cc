// Progress goes to standard error, so it is that which must be a terminal.

#include "tools/inspect/session.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

// While it lives, one of the standard streams is a terminal, the other a file.
class Streams {
 public:
  explicit Streams(int seen)
      : out_(dup(STDOUT_FILENO)), err_(dup(STDERR_FILENO)) {
    master_ = posix_openpt(O_RDWR | O_NOCTTY);
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    terminal_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
    file_ = open("/dev/null", O_RDWR);
    EXPECT_GE(terminal_, 0);
    EXPECT_GE(file_, 0);
    dup2(seen == STDOUT_FILENO ? terminal_ : file_, STDOUT_FILENO);
    dup2(seen == STDERR_FILENO ? terminal_ : file_, STDERR_FILENO);
  }
  ~Streams() {
    dup2(out_, STDOUT_FILENO);
    dup2(err_, STDERR_FILENO);
    for (const int fd : {out_, err_, master_, terminal_, file_}) close(fd);
  }

 private:
  const int out_, err_;
  int master_ = -1, terminal_ = -1, file_ = -1;
};

// What is shown of work of two seconds.
std::string ProgressWhen(int seen) {
  std::ostringstream out, err;
  std::atomic<bool> stop{false};
  absl::StatusOr<std::unique_ptr<Session>> session;
  {
    const Streams streams(seen);
    SessionNeeds needs;
    needs.kafka = false;
    session = Session::FromFlags(&out, &err, &stop, needs);
  }
  EXPECT_THAT(session, IsOk());
  if (!session.ok()) return "";
  Progress progress = (*session)->MakeProgress("reading", 0);
  const absl::Time end = absl::Now() + absl::Seconds(2);
  while (err.str().empty() && absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(50));
    progress.Update(5);
  }
  EXPECT_EQ(out.str(), "");
  return err.str();
}

TEST(SessionTest, ProgressIsShownWhereItGoes) {
  EXPECT_EQ(ProgressWhen(STDOUT_FILENO), "");
  EXPECT_NE(ProgressWhen(STDERR_FILENO), "");
}

}  // namespace
}  // namespace exactmean

// watch on a real broker, as lines and on a pseudo-terminal; colour there.

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLeave[] = "\x1b[?1049l";

// Both ends of a pseudo-terminal.
class Pty {
 public:
  Pty() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    EXPECT_GE(master_, 0);
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    path_ = ptsname(master_);
    // Kept open: with none the terminal would forget its settings.
    slave_ = open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_GE(slave_, 0);
    Resize(100, 30);
  }
  ~Pty() {
    close(slave_);
    close(master_);
  }

  const std::string& path() const { return path_; }
  void Resize(unsigned short columns, unsigned short lines) {
    winsize size = {};
    size.ws_col = columns;
    size.ws_row = lines;
    EXPECT_EQ(ioctl(master_, TIOCSWINSZ, &size), 0);
  }
  void Type(const std::string& keys) {
    EXPECT_EQ(write(master_, keys.data(), keys.size()),
              static_cast<ssize_t>(keys.size()));
  }
  bool Cooked() const {
    termios settings = {};
    EXPECT_EQ(tcgetattr(slave_, &settings), 0);
    return (settings.c_lflag & ICANON) != 0 && (settings.c_lflag & ECHO) != 0;
  }
  // Reads what is drawn until `text` is; a test failure when it takes too long.
  void Await(const std::string& text) {
    const absl::Time deadline = absl::Now() + absl::Seconds(40);
    while (!absl::StrContains(drawn, text)) {
      ASSERT_LT(absl::Now(), deadline) << "no \"" << text << "\" in: " << drawn;
      pollfd input = {master_, POLLIN, 0};
      if (poll(&input, 1, 100) <= 0) continue;
      char buffer[4096];
      const ssize_t size = read(master_, buffer, sizeof(buffer));
      if (size > 0) drawn.append(buffer, static_cast<size_t>(size));
    }
  }

  std::string drawn;  // since the test cleared it

 private:
  const int master_;
  int slave_ = -1;
  std::string path_;
};

class InspectWatchTest : public ::testing::Test {
 protected:
  absl::StatusOr<Process> Watch(const BrokerPipeline& pipeline, const Pty& pty,
                                const std::string& interval) {
    return Start({"watch", "--interval=" + interval}, pipeline, pty);
  }

  absl::StatusOr<Process> Start(std::vector<std::string> words,
                                const BrokerPipeline& pipeline, const Pty& pty,
                                const std::string& no_color = "") {
    ProcessOptions options;
    options.stdin_path = options.stdout_path = pty.path();
    options.stderr_path = ::testing::TempDir() + "/watch.err";
    options.env = {{"TERM", "xterm"}, {"COLUMNS", ""}, {"NO_COLOR", no_color}};
    words.insert(words.begin(), "tools/inspect/exactmean-inspect");
    words.push_back("--config=" + pipeline.config_path());
    words.push_back("--bootstrap_servers=" + SharedBroker());
    return Process::Start(words, options);
  }
};

TEST_F(InspectWatchTest, DrawsWhatMovesAndGivesTheTerminalBackOnQ) {
  BrokerPipeline pipeline("inspect-watch", 2);
  ASSERT_THAT(pipeline.ProduceOne(Partition(1), "IBM", "20"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  Pty pty;
  auto watch = Watch(pipeline, pty, "200ms");
  ASSERT_THAT(watch, IsOk());
  pty.Await("\x1b[?1049h");
  pty.Await("no average changed");
  EXPECT_THAT(pty.drawn, HasSubstr("1 key, lag 0, "));
  EXPECT_FALSE(pty.Cooked());
  ASSERT_THAT(pipeline.ProduceOne(Partition(1), "IBM", "40"), IsOk());
  pty.Await("IBM  \xe2\x96\xb2");
  pty.Type("p");
  pty.Await("PAUSED");
  pty.Type("q");
  pty.Await(kLeave);
  const auto exit = watch->Wait(absl::Now() + absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0);
  EXPECT_TRUE(pty.Cooked());
}

TEST_F(InspectWatchTest, FollowsTheTerminalsSizeAndGivesItBackWhenKilled) {
  BrokerPipeline pipeline("inspect-watch-size", 1);
  Pty pty;
  auto watch = Watch(pipeline, pty, "1h");
  ASSERT_THAT(watch, IsOk());
  pty.Await("no average changed");
  EXPECT_THAT(pty.drawn, HasSubstr("LAST COMMIT"));
  pty.drawn.clear();
  pty.Resize(30, 10);  // the only reason to draw within the hour
  pty.Await("...");
  EXPECT_FALSE(pty.Cooked());
  ASSERT_THAT(watch->Signal(SIGTERM), IsOk());
  pty.Await(kLeave);
  const auto exit = watch->Wait(absl::Now() + absl::Seconds(30));
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0);  // which is how it is left
  EXPECT_TRUE(pty.Cooked());
}

TEST_F(InspectWatchTest, ColourIsForATerminalThatWantsIt) {
  BrokerPipeline pipeline("inspect-colour", 1);
  for (const std::string no_color : {"", "1"}) {
    Pty pty;
    auto status = Start({"status"}, pipeline, pty, no_color);
    ASSERT_THAT(status, IsOk());
    pty.Await("OWNER");
    EXPECT_EQ(absl::StrContains(pty.drawn, "\x1b["), no_color.empty())
        << pty.drawn;
    const auto exit = status->Wait(absl::Now() + absl::Seconds(30));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 0);
  }
  EXPECT_THAT(Inspect(pipeline, {"status"}).out,
              AllOf(HasSubstr("OWNER"), Not(HasSubstr("\x1b"))));
}

TEST_F(InspectWatchTest, LinesWhereThereIsNoTerminal) {
  BrokerPipeline pipeline("inspect-watch-lines", 1);
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "20"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const InspectResult text =
      Inspect(pipeline, {"watch", "--limit=2", "--interval=100ms"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out,
              EndsWith("Z  1 key, lag 0, 0.0 records/s, 0.0 commits/s\n"));
  const InspectResult json =
      Inspect(pipeline, {"watch", "--limit=1", "--output=json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_THAT(json.out, HasSubstr("\"next_offset\":1,\"lag\":0,"));
  const InspectResult window =
      Inspect(pipeline, {"watch", "--limit=1", "--window=none"});
  EXPECT_EQ(window.code, 2);
  EXPECT_THAT(window.err, HasSubstr("no window \"none\"; there are "));
}

}  // namespace
}  // namespace exactmean

// RunSchedule.

#include "tests/selftest/schedule.h"

#include <signal.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "processor/stop.h"
#include "tests/contents.h"

namespace exactmean {
namespace {

// A processor has to get to the step, on a cluster that may be far away.
constexpr absl::Duration kPatience = absl::Seconds(90);

bool OfRestore(SeamCall call) {
  return call < SeamCall::kOpenTransaction;  // of InputLog and ResultsLog
}

absl::Status Unexpected(const RunningInstance& processor,
                        const std::string& what) {
  return absl::InternalError(
      absl::StrCat(what, "; its log is ", processor.log_path()));
}

// Whether it is stopped by a signal (proc(5), state of /proc/PID/stat).
bool Sleeps(const RunningInstance& processor) {
  return absl::StrContains(
      ContentsOf(absl::StrCat("/proc/", processor.process().pid(), "/stat")),
      ") T ");
}

absl::Status Kill(Trial* trial, const Strike& strike) {
  auto processor = trial->Start("a", strike);
  if (!processor.ok()) return processor.status();
  const absl::Status ended = trial->WriteUntil(
      [&]() -> absl::StatusOr<bool> {
        return !(*processor)->process().Running();
      },
      kPatience, strike.ToString());
  if (absl::IsDeadlineExceeded(ended)) {
    return Unexpected(**processor, std::string(ended.message()));
  }
  if (!ended.ok()) return ended;
  const auto exit = (*processor)->process().Wait(absl::Now());
  if (!exit.ok()) return exit.status();
  if (exit->signal == strike.signal) return absl::OkStatus();
  return Unexpected(**processor,
                    absl::StrCat(strike.ToString(), ": ended otherwise, with ",
                                 exit->ToString()));
}

// SIGTERM; `fenced_is_fine`: it may also have found itself replaced.
absl::Status Terminate(RunningInstance* processor, bool fenced_is_fine) {
  if (processor->process().Running()) {
    const absl::Status sent = processor->process().Signal(SIGTERM);
    if (!sent.ok()) return sent;
  }
  const auto exit = processor->process().Wait(absl::Now() + kPatience);
  if (!exit.ok()) return Unexpected(*processor, "SIGTERM did not end it");
  if (exit->ok()) return absl::OkStatus();
  if (fenced_is_fine &&
      exit->exit_code == static_cast<int>(StopReason::kFenced)) {
    return absl::OkStatus();
  }
  return Unexpected(*processor,
                    absl::StrCat("it ended with ", exit->ToString()));
}

absl::StatusOr<std::unique_ptr<RunningInstance>> PutToSleep(
    Trial* trial, const Strike& strike) {
  auto zombie = trial->Start("a", strike);
  if (!zombie.ok()) return zombie;
  const absl::Status asleep = trial->WriteUntil(
      [&]() -> absl::StatusOr<bool> {
        if ((*zombie)->process().Running()) return Sleeps(**zombie);
        return Unexpected(**zombie, "it ended before it could be stopped");
      },
      kPatience, strike.ToString());
  if (!asleep.ok()) return asleep;
  return zombie;
}

// It is woken when all it wanted to commit was committed by another.
absl::Status Wake(Trial* trial, RunningInstance* zombie, Story* story) {
  absl::Status status = zombie->process().Signal(SIGCONT);
  if (!status.ok()) return status;
  status = trial->WriteUntil(
      [&]() -> absl::StatusOr<bool> {
        const std::string log = zombie->Log();
        if (absl::StrContains(log, "a commit was aborted")) {
          story->zombie = "its commit was refused, and it joined again";
          return true;
        }
        if (absl::StrContains(log, "the outcome of a commit is unknown")) {
          story->zombie = "it was fenced, and restored its state";
          return true;
        }
        story->zombie = "it was fenced, and ended";
        return !zombie->process().Running();
      },
      kPatience, "the zombie's commit was not refused");
  if (!absl::IsDeadlineExceeded(status)) return status;
  return Unexpected(*zombie, std::string(status.message()));
}

absl::Status RunZombie(Trial* trial, Story* story) {
  const Strike strike = {SeamCall::kCommit, /*after=*/false, 2, SIGSTOP};
  auto zombie = PutToSleep(trial, strike);
  if (!zombie.ok()) return zombie.status();
  const absl::Time asleep = absl::Now();
  auto heir = trial->Start("b", absl::nullopt);
  if (!heir.ok()) return heir.status();
  // The session has to run out, and the transaction that was left open.
  absl::Status status = trial->AwaitDrained(kPatience);
  if (!status.ok()) return Unexpected(**heir, std::string(status.message()));
  story->takeover = absl::Now() - asleep;
  status = trial->Write(200);
  if (status.ok()) status = trial->AwaitDrained(kPatience);
  if (status.ok()) status = Wake(trial, zombie->get(), story);
  if (status.ok()) status = trial->Write(200);
  if (status.ok()) status = trial->AwaitDrained(kPatience);
  if (!status.ok()) return status;
  status = Terminate(zombie->get(), /*fenced_is_fine=*/true);
  return status.ok() ? Terminate(heir->get(), /*fenced_is_fine=*/false)
                     : status;
}

// One life without trouble, which proves the state at its start.
absl::Status RunInPeace(Trial* trial) {
  auto processor = trial->Start("a", absl::nullopt);
  if (!processor.ok()) return processor.status();
  absl::Status status = trial->Write(5000);
  if (status.ok()) status = trial->AwaitDrained(kPatience);
  if (absl::IsDeadlineExceeded(status)) {
    return Unexpected(**processor, std::string(status.message()));
  }
  if (!status.ok()) return status;
  return Terminate(processor->get(), /*fenced_is_fine=*/false);
}

}  // namespace

std::vector<Strike> Kills() {
  std::vector<Strike> kills;
  const auto add = [&](SeamCall call, int nth) {
    kills.push_back({call, /*after=*/false, nth, SIGKILL});
    kills.push_back({call, /*after=*/true, nth, SIGKILL});
  };
  // Not the first of its kind, where there is more than one: then it has a
  // state to lose.
  add(SeamCall::kOpenTransaction, 1);
  add(SeamCall::kBegin, 2);
  add(SeamCall::kWrite, 3);
  add(SeamCall::kAddOffsets, 2);
  add(SeamCall::kCommit, 2);
  add(SeamCall::kCommitted, 2);
  add(SeamCall::kEndOffset, 2);
  add(SeamCall::kOpenResults, 2);
  add(SeamCall::kRead, 2);
  add(SeamCall::kRange, 1);
  add(SeamCall::kResumeAt, 1);
  return kills;
}

absl::Status RunSchedule(
    Trial* trial, const std::function<void(const std::string&)>& progress,
    Story* story) {
  absl::Status status = trial->Write(5000);
  if (!status.ok()) return status;
  const std::vector<Strike> kills = Kills();
  int number = 0;
  for (const Strike& strike : kills) {
    progress(absl::StrFormat("%2d of %d: %s", ++number, kills.size(),
                             strike.ToString()));
    status = Kill(trial, strike);
    if (!status.ok()) return status;
    ++(OfRestore(strike.call) ? story->killed_restoring
                              : story->killed_committing);
  }
  progress(
      "a zombie: stopped within a transaction until another has its "
      "partitions, then woken");
  status = RunZombie(trial, story);
  if (!status.ok()) return status;
  progress("the rest in peace");
  return RunInPeace(trial);
}

}  // namespace exactmean

// Ends, starts and the thread that looks for them.

#include "tests/chaos/fleet.h"

#include <signal.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(50);
constexpr absl::Duration kRestartPause = absl::Seconds(1);
constexpr absl::Duration kStopDeadline = absl::Seconds(40);

bool IsForSupervisor(int code) {
  return code == static_cast<int>(StopReason::kFenced) ||
         code == static_cast<int>(StopReason::kUnreachable) ||
         code == static_cast<int>(StopReason::kWatchdog);
}

}  // namespace

Fleet::Fleet(FleetOptions options, History* history)
    : options_(std::move(options)), history_(history), slots_(kMost) {
  thread_ = std::thread(&Fleet::Loop, this);
}

Fleet::~Fleet() {
  ending_ = true;
  thread_.join();
}

std::string Fleet::Name(int i) { return absl::StrCat("i", i); }

std::string Fleet::TransactionalId(int i) const {
  // One worker, number 0.
  return absl::StrCat(options_.application, "/", Name(i), "-0");
}

int Fleet::InstanceOf(const std::string& transactional_id) const {
  for (int i = 0; i < kMost; ++i) {
    if (TransactionalId(i) == transactional_id) return i;
  }
  return -1;
}

void Fleet::Loop() {
  while (!ending_) {
    Turn();
    absl::SleepFor(kBetweenLooks);
  }
}

void Fleet::Turn() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int i = 0; i < kMost; ++i) Serve(i);
}

void Fleet::Serve(int i) {
  Slot& slot = slots_[static_cast<size_t>(i)];
  if (slot.instance != nullptr && !slot.instance->process().Running()) {
    NoteEnd(i);
  }
  if (slot.instance != nullptr) {
    if (absl::Now() - slot.stop_asked > kStopDeadline) {
      tally_.complaints.push_back(absl::StrCat(
          Name(i), " has not stopped ", absl::FormatDuration(kStopDeadline),
          " after SIGTERM:\n    ", slot.instance->LastLines()));
      slot.killed = true;
      slot.instance->Kill().IgnoreError();  // NoteEnd tells how it ended
    }
    return;
  }
  if (slot.wanted && !slot.held && absl::Now() >= slot.start_at) Start(i);
}

void Fleet::Start(int i) {
  Slot& slot = slots_[static_cast<size_t>(i)];
  auto started = RunningInstance::Start(
      options_.binary, options_.config_path, options_.servers, Name(i),
      absl::StrCat(options_.log_dir, "/", Name(i), "-", ++tally_.starts,
                   ".log"),
      options_.flags);
  if (!started.ok()) {
    slot.held = true;
    tally_.complaints.push_back(started.status().ToString());
    return;
  }
  slot.instance = *std::move(started);
  slot.killed = false;
  slot.stop_asked = absl::InfiniteFuture();
  history_->Add(Name(i), "started",
                absl::StrCat("process ", slot.instance->process().pid(),
                             ", log ", tally_.starts));
}

void Fleet::NoteEnd(int i) {
  Slot& slot = slots_[static_cast<size_t>(i)];
  const auto exit = slot.instance->process().Wait(absl::Now());
  const std::string log = slot.instance->LastLines();
  slot.instance.reset();
  slot.start_at = absl::Now() + kRestartPause;
  if (!exit.ok()) {
    tally_.complaints.push_back(exit.status().ToString());
    return;
  }
  history_->Add(Name(i), "ended", exit->ToString());
  if (slot.killed && exit->signal == SIGKILL) return;
  const int code = exit->ShellCode();
  ++tally_.exits[code];
  const bool asked = slot.stop_asked != absl::InfiniteFuture();
  // Code 1 when the last commit got no answer: the next start finds out.
  if ((asked && code <= 1) || IsForSupervisor(code)) return;
  // Something is to be mended first.
  slot.held = true;
  if (allowed_.count(code) > 0) return;
  tally_.complaints.push_back(
      absl::StrCat(Name(i), " ended with ", exit->ToString(), ":\n    ", log));
}

void Fleet::Scale(int n) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (int i = 0; i < kMost; ++i) {
    Slot& slot = slots_[static_cast<size_t>(i)];
    slot.wanted = i < n;
    slot.held = slot.held && slot.wanted;
    const bool is_to_stop = !slot.wanted && slot.instance != nullptr &&
                            slot.stop_asked == absl::InfiniteFuture();
    if (!is_to_stop) continue;
    slot.stop_asked = absl::Now();
    // Fails when it has just ended: that will be seen.
    slot.instance->process().Signal(SIGTERM).IgnoreError();
  }
}

int Fleet::size() {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(std::count_if(
      slots_.begin(), slots_.end(), [](const Slot& s) { return s.wanted; }));
}

bool Fleet::Running(int i) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Slot& slot = slots_[static_cast<size_t>(i)];
  return slot.instance != nullptr && slot.stop_asked == absl::InfiniteFuture();
}

bool Fleet::AllRunning() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::all_of(slots_.begin(), slots_.end(), [](const Slot& s) {
    return s.wanted == (s.instance != nullptr);
  });
}

bool Fleet::AllDown() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::all_of(slots_.begin(), slots_.end(),
                     [](const Slot& s) { return s.instance == nullptr; });
}

absl::Status Fleet::Signal(int i, int signal) {
  const Slot& slot = slots_[static_cast<size_t>(i)];
  if (slot.instance == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(Name(i), " is down"));
  }
  return slot.instance->process().Signal(signal);
}

absl::Status Fleet::Kill(int i, bool hold) {
  std::lock_guard<std::mutex> lock(mutex_);
  const absl::Status status = Signal(i, SIGKILL);
  if (!status.ok()) return status;
  Slot& slot = slots_[static_cast<size_t>(i)];
  slot.killed = true;
  slot.held = hold;
  ++tally_.kills;
  return absl::OkStatus();
}

absl::Status Fleet::Pause(int i) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Signal(i, SIGSTOP);
}

absl::Status Fleet::Resume(int i) {
  std::lock_guard<std::mutex> lock(mutex_);
  return Signal(i, SIGCONT);
}

void Fleet::Revive() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Slot& slot : slots_) {
    slot.held = false;
    slot.start_at = absl::InfinitePast();
  }
}

void Fleet::Allow(std::set<int> codes) {
  std::lock_guard<std::mutex> lock(mutex_);
  allowed_ = std::move(codes);
}

int Fleet::CountExits(int code) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto it = tally_.exits.find(code);
  return it == tally_.exits.end() ? 0 : it->second;
}

FleetTally Fleet::Tally() {
  std::lock_guard<std::mutex> lock(mutex_);
  return tally_;
}

}  // namespace exactmean

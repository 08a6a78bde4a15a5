// Several instances under a random schedule of starts, stops, crashes, zombies,
// aborts and unknown outcomes: the promise holds after every step, and once the
// world is quiet all is folded in. A failure prints its seed; run it alone with
//   --test_arg=--gtest_filter=... --test_env=EXACTMEAN_SEED=N

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kSeeds = 400;
constexpr int kSteps = 400;
constexpr int kPartitions = 3;

class Schedule {
 public:
  explicit Schedule(uint64_t seed)
      : world_(WorldOptions{kPartitions, seed}), random_(seed) {
    cooperative_ = Chance(2);
    static_ = Chance(2);
    buffer_ = Chance(2);
  }

  absl::Status Run() {
    for (int step = 0; step < kSteps; ++step) {
      absl::Status status = Step();
      if (status.ok()) status = world_.Check();
      if (!status.ok()) {
        return absl::InternalError(
            absl::StrCat("step ", step, ": ", status.ToString()));
      }
    }
    return Heal();
  }

 private:
  bool Chance(int one_in) { return random_() % one_in == 0; }

  absl::Status Step() {
    world_.Advance(absl::Milliseconds(random_() % 300));
    if (Chance(4)) world_.Produce(static_cast<int>(random_() % 8));
    if (instances_.empty() || (instances_.size() < 3 && Chance(30))) Start();
    const size_t which = random_() % instances_.size();
    if (Chance(40)) return Crash(which);
    if (Chance(60)) {
      return End(which, instances_[which]->processor->Shutdown());
    }
    // A zombie: the group has forgotten it, it goes on all the same.
    if (Chance(50)) world_.group().Expire(names_[which]);
    if (Chance(50)) instances_[which]->plan.CutOffFromGroup(true);
    if (Chance(10)) instances_[which]->plan.CutOffFromGroup(false);
    if (Chance(20)) instances_[which]->plan.Redeliver(3);
    const absl::Status status = instances_[which]->Turn();
    return status.ok() ? status : End(which, status);
  }

  void Start() {
    InstanceOptions options;
    options.name = absl::StrCat("i", next_name_++ % 4);
    if (std::find(names_.begin(), names_.end(), options.name) != names_.end()) {
      return;
    }
    options.cooperative = cooperative_;
    options.is_static = static_;
    options.buffer_writes = buffer_;
    options.commit_policy.interval = absl::Milliseconds(random_() % 3 * 200);
    instances_.push_back(world_.Make(options));
    names_.push_back(options.name);
    FaultPlan* plan = &instances_.back()->plan;
    plan->set_chooser([this](SeamCall call, int64_t) { return Choose(call); });
  }

  Fault Choose(SeamCall call) {
    if (!Chance(60)) return Fault();
    const bool before = Chance(2);
    const auto fail = [&](absl::Status status) {
      return before ? Fault::FailBefore(std::move(status))
                    : Fault::FailAfter(std::move(status));
    };
    switch (call) {
      case SeamCall::kAddOffsets:
      case SeamCall::kBegin:
      case SeamCall::kWrite:
        if (Chance(3)) return fail(absl::UnknownError("chosen"));
        return fail(absl::AbortedError("chosen"));
      case SeamCall::kCommit:
        if (Chance(3)) return Fault::FailBefore(absl::AbortedError("chosen"));
        return fail(absl::UnknownError("chosen"));
      case SeamCall::kPosition:
      case SeamCall::kCloseResults:
        return Fault();
      default:
        return fail(absl::UnavailableError("chosen"));
    }
  }

  absl::Status Crash(size_t which) {
    instances_[which]->plan.Kill();
    Remove(which);
    return absl::OkStatus();
  }

  // Ends are fine that a supervisor would answer with a restart.
  absl::Status End(size_t which, const absl::Status& status) {
    instances_[which]->plan.Kill();
    Remove(which);
    const StopReason reason = ReasonOf(status);
    if (status.ok() || reason == StopReason::kFenced ||
        reason == StopReason::kUnreachable || absl::IsUnknown(status) ||
        absl::IsUnavailable(status)) {
      return absl::OkStatus();
    }
    return status;
  }

  void Remove(size_t which) {
    const auto at = static_cast<std::ptrdiff_t>(which);
    instances_.erase(instances_.begin() + at);
    names_.erase(names_.begin() + at);
  }

  // Everybody goes, time passes, and one comes who has no trouble.
  absl::Status Heal() {
    while (!instances_.empty()) Crash(0).IgnoreError();
    world_.Advance(absl::Minutes(2));
    InstanceOptions options;
    options.name = "healer";
    options.cooperative = cooperative_;
    options.is_static = static_;
    const auto healer = world_.Make(options);
    return world_.Drain(healer.get());
  }

  World world_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::string> names_;
  int next_name_ = 0;
  bool cooperative_, static_, buffer_;
};

TEST(RebalanceTest, ThePromiseHoldsUnderRandomSchedules) {
  int64_t only = 0;
  const char* seed = std::getenv("EXACTMEAN_SEED");
  if (seed != nullptr && absl::SimpleAtoi(seed, &only)) {
    EXPECT_THAT(Schedule(static_cast<uint64_t>(only)).Run(), IsOk());
    return;
  }
  for (uint64_t s = 1; s <= kSeeds; ++s) {
    ASSERT_THAT(Schedule(s).Run(), IsOk())
        << "EXACTMEAN_SEED=" << s << " runs this schedule alone";
  }
}

}  // namespace
}  // namespace exactmean

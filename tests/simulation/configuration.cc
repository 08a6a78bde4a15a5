// Configurations from seeds.

#include "tests/simulation/configuration.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "state/fingerprint.h"
#include "tests/simulation/event.h"
#include "tests/world/view_check.h"

namespace exactmean {
namespace {

constexpr int64_t kMillisecond = 1000;  // in microseconds

WindowSpec RandomWindow(Dice* dice) {
  WindowSpec window;
  window.kind = static_cast<WindowSpec::Kind>(dice->Below(6));
  window.size = static_cast<uint32_t>(dice->Between(1, 5));
  window.resolution_us = dice->Between(1, 4) * 100 * kMillisecond;
  window.length_us = window.resolution_us * dice->Between(1, 8);
  window.alpha = 1.0 / static_cast<double>(dice->Between(1, 8));
  window.half_life_us = dice->Between(1, 20) * 100 * kMillisecond;
  return window;
}

StateSpec RandomSpec(Dice* dice) {
  StateSpec spec;
  spec.source = "number";
  const int64_t windows = dice->Between(1, 4);
  for (int64_t i = 0; i < windows; ++i) {
    spec.windows.push_back(RandomWindow(dice));
    spec.windows.back().name = absl::StrCat("w", i);
  }
  if (dice->OneIn(3)) spec.grace_us = dice->Between(0, 20) * 100 * kMillisecond;
  if (dice->OneIn(3)) {
    spec.idle_key_ttl_us = dice->Between(1, 30) * 100 * kMillisecond;
  }
  return spec;
}

Dice DiceOf(Partition partition, Offset offset) {
  return Dice(static_cast<uint64_t>(partition.value()) * 1000003 +
              static_cast<uint64_t>(offset.value()));
}

// In one of four worlds. By dice of its own: all else is as without.
void AddRetryTopics(uint64_t seed, WorldOptions* world) {
  Dice dice(seed + 0x5eed);
  if (!dice.OneIn(4)) return;
  RetryPolicy& retry = world->retry;
  retry.max_tries = static_cast<int>(dice.Between(1, 3));
  retry.give_up = RetryPolicy::GiveUp::kRetryTopic;
  const auto delay = [&] {
    return absl::Milliseconds(dice.Of<int>({100, 500, 2000}));
  };
  retry.topics = {{"soon", delay()}};
  if (dice.OneIn(2)) retry.topics.push_back({"later", delay()});
  world->spec = AnyOrder();
}

}  // namespace

bool StepTrouble::IsHard(Partition partition, Offset offset) const {
  return DiceOf(partition, offset).OneIn(one_in);
}

bool StepTrouble::IsDown(Partition partition, Offset offset,
                         absl::Time now) const {
  Dice dice = DiceOf(partition, offset);
  if (!dice.OneIn(one_in)) return false;
  // Down for a period, up for a period, each hard record at its own times.
  const int64_t periods =
      (now - absl::UnixEpoch() + period * dice.Below(8) / 4) / period;
  return periods % 2 == 0;
}

Configuration ConfigurationOf(uint64_t seed) {
  Dice dice(seed);
  Configuration c;
  c.world.partitions = static_cast<int32_t>(dice.Between(1, 4));
  c.world.spec = RandomSpec(&dice);
  if (dice.OneIn(6)) c.world.fresh = InputPosition::Latest();
  c.world.manual_markers = dice.OneIn(2);
  c.instances = static_cast<int>(dice.Between(1, kNames));
  c.keys = static_cast<int>(dice.Between(1, 6));
  InstanceOptions& i = c.instance;
  i.is_static = dice.OneIn(2);
  i.cooperative = dice.OneIn(2);
  i.buffer_writes = dice.OneIn(2);
  i.updates = dice.OneIn(4);
  i.commit_policy.interval =
      absl::Milliseconds(dice.Of<int>({0, 0, 100, 300, 1000}));
  i.commit_policy.max_records =
      static_cast<uint64_t>(dice.Of<int>({1, 4, 1000}));
  i.max_poll_records = static_cast<size_t>(dice.Of<int>({1, 3, 7, 50}));
  i.max_read_records = static_cast<size_t>(dice.Of<int>({1, 3, 5, 50}));
  i.session_timeout = absl::Seconds(dice.Of<int>({8, 30}));
  i.transaction_timeout = absl::Seconds(dice.Of<int>({10, 15}));
  c.world.on_bad_record =
      dice.OneIn(2) ? BadRecordPolicy::kDeadLetter : BadRecordPolicy::kSkip;
  if (dice.OneIn(2)) {
    c.step.one_in = static_cast<int>(dice.Between(2, 12));
    c.step.period = absl::Milliseconds(dice.Of<int>({200, 700, 2000, 5000}));
    c.step.takes = absl::Milliseconds(dice.Of<int>({0, 0, 400, 1500}));
    c.world.retry.first_wait = absl::Milliseconds(dice.Of<int>({20, 100}));
    c.world.retry.longest_wait = absl::Milliseconds(dice.Of<int>({100, 1000}));
  }
  if (IsPlainSeed(seed)) {
    // Two that begin at what is the end to each have different histories, and
    // no broker fences the first (docs/delivery-modes.md).
    c.world.fresh = InputPosition::Earliest();
    i.delivery.mode =
        dice.OneIn(2) ? DeliveryMode::kAtLeastOnce : DeliveryMode::kAtMostOnce;
    i.delivery.commits =
        dice.Of({CommitStyle::kAsyncThenSync, CommitStyle::kSync,
                 CommitStyle::kAsync, CommitStyle::kAuto});
    i.slow_commits = dice.OneIn(2);
  } else {
    i.slow_commits = Dice(seed + 0x51c).OneIn(2);
  }
  i.markers_time = absl::Milliseconds(Dice(seed + 0x3a5).Of<int>({0, 0, 4}));
  c.world.promise = i.delivery.mode;
  if (c.transactional() && c.step.one_in != 0) AddRetryTopics(seed, &c.world);
  // So that windows of a few samples have some.
  c.world.spec.segment_samples = Dice(seed + 0x5e6).Of<uint32_t>({1, 1, 2, 32});
  return c;
}

std::string Configuration::ToString() const {
  const InstanceOptions& i = instance;
  return absl::StrCat(
      exactmean::ToString(i.delivery.mode), " ",
      transactional() ? "" : exactmean::ToString(i.delivery.commits),
      i.slow_commits ? " slow" : "", ", ", world.partitions, " partitions, ",
      instances, " instances, ", keys, " keys, ",
      i.is_static ? "static" : "dynamic", " membership, ",
      i.cooperative ? "cooperative" : "eager", " assignor, start ",
      exactmean::ToString(world.fresh), "; commit interval ",
      absl::FormatDuration(i.commit_policy.interval), ", max_records ",
      i.commit_policy.max_records, ", markers ",
      absl::FormatDuration(i.markers_time), "; polls of ", i.max_poll_records,
      ", reads of ", i.max_read_records, "; session ",
      absl::FormatDuration(i.session_timeout), ", transaction ",
      absl::FormatDuration(i.transaction_timeout),
      i.buffer_writes ? "; writes buffered" : "",
      i.updates ? "; with updates" : "",
      world.on_bad_record == BadRecordPolicy::kDeadLetter ? "; dead letters"
                                                          : "",
      world.manual_markers ? "; markers late" : "",
      step.one_in == 0
          ? ""
          : absl::StrCat("; a step, down for one record in ", step.one_in,
                         " every other ", absl::FormatDuration(step.period),
                         ", which takes ", absl::FormatDuration(step.takes)),
      world.retry.topics.empty()
          ? ""
          : absl::StrCat("; ", world.retry.topics.size(),
                         " retry topics, after ", world.retry.max_tries,
                         " tries"),
      "\n", FingerprintOf(world.spec).text);
}

}  // namespace exactmean

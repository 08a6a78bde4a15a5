// What operators and Kafka itself do to the logs of a pipeline: compaction,
// deleted and reset offsets, input deleted behind the committed offset.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/stop.h"
#include "tests/chaos/faults/fault.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);

// All instances down, and out of the group.
absl::Status StopAll(ChaosWorld* world, int* size) {
  *size = world->fleet->size();
  world->fleet->Scale(0);
  return world->Await("all instances down", kPatience, [&]() -> absl::Status {
    if (world->fleet->AllDown()) return absl::OkStatus();
    return absl::UnavailableError("some still run");
  });
}

absl::StatusOr<Offset> CommittedOffset(ChaosWorld* world, Partition partition) {
  Offset at;
  const absl::Status status = world->Administer(
      "the committed offset", [&](BrokerClient* client) -> absl::Status {
        const auto found = client->CommittedOffset(world->application,
                                                   world->input, partition);
        if (found.ok()) at = found->value_or(Offset(-1));
        return found.status();
      });
  if (!status.ok()) return status;
  return at;
}

// The results topic is compacted while instances restore from it.
class CompactionFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    absl::Status status =
        Configure(world, {{"segment.ms", "500"},
                          {"min.cleanable.dirty.ratio", "0.01"},
                          // The observer has read what is older.
                          {"min.compaction.lag.ms", "5000"}});
    const auto before = Readable(world);
    if (!before.ok()) return before.status();
    int64_t left = *before;
    int restarts = 0;
    // Each restart restores, while the cleaner is at work.
    while (status.ok() && (left > *before / 2 || restarts < 3)) {
      const int victim = world->PickInstance();
      if (victim >= 0) {
        const std::vector<int32_t> held = world->PartitionsOf(victim);
        status = world->fleet->Kill(victim, /*hold=*/false);
        if (status.ok()) status = world->AwaitProgress(held, -1, kPatience);
        ++restarts;
      }
      const auto now = Readable(world);
      if (status.ok()) status = now.status();
      if (now.ok()) left = *now;
      if (restarts > 30) status = absl::InternalError("nothing is compacted");
    }
    if (!status.ok()) return status;
    return absl::StrCat(restarts, " restores, while ", *before,
                        " readable results became ", left);
  }

  absl::Status Heal(ChaosWorld* world) override {
    return Configure(world, {{"segment.ms", "86400000"},
                             {"min.cleanable.dirty.ratio", "0.5"},
                             {"min.compaction.lag.ms", "86400000"}});
  }

 private:
  static absl::Status Configure(
      ChaosWorld* world,
      const std::vector<std::pair<std::string, std::string>>& configs) {
    for (const auto& [name, value] : configs) {
      const absl::Status status =
          world->Administer("topic settings", [&](BrokerClient* client) {
            return client->AlterTopicConfig(world->results, name, value);
          });
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<int64_t> Readable(ChaosWorld* world) {
    int64_t count = 0;
    const absl::Status status = world->Administer(
        "the results", [&](BrokerClient* client) -> absl::Status {
          const auto records = client->ReadTopic(world->results);
          if (records.ok()) count = static_cast<int64_t>(records->size());
          return records.status();
        });
    if (!status.ok()) return status;
    return count;
  }
};

// The group's offsets are deleted, as by their expiry: the checkpoints count.
class OffsetsDeletedFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    absl::Status status = StopAll(world, &size_);
    if (!status.ok()) return status;
    // A static member leaves by its session's end.
    status = world->Administer("deletable offsets", [&](BrokerClient* client) {
      return client->DeleteOffsets(world->application, world->input);
    });
    if (!status.ok()) return status;
    for (int32_t p = 0; p < world->partitions; ++p) {
      const auto offset = CommittedOffset(world, Partition(p));
      if (!offset.ok()) return offset.status();
      if (*offset >= Offset(0)) {
        return absl::InternalError(absl::StrCat(
            "partition ", p, " still has offset ", offset->value()));
      }
    }
    return absl::StrCat("of ", world->partitions, " partitions");
  }

  absl::Status Heal(ChaosWorld* world) override {
    world->fleet->Scale(size_);
    return absl::OkStatus();
  }

 private:
  int size_ = 1;
};

// Somebody sets an offset back: refused, until it is put right as the refusal
// says.
class OffsetsResetFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    absl::Status status = StopAll(world, &size_);
    if (!status.ok()) return status;
    partition_ = Partition(world->Pick(world->partitions));
    const auto committed = CommittedOffset(world, partition_);
    if (!committed.ok()) return committed.status();
    if (*committed <= Offset(0)) {
      return absl::FailedPreconditionError("nothing is committed");
    }
    right_ = *committed;
    const Offset wrong(right_.value() / 2);
    status = SetOffset(world, wrong);
    if (!status.ok()) return status;
    const int code = static_cast<int>(StopReason::kState);
    world->fleet->Allow({code});
    const int before = world->fleet->CountExits(code);
    world->fleet->Scale(1);
    status = world->Await("exit code 4", kPatience, [&]() -> absl::Status {
      if (world->fleet->CountExits(code) > before) return absl::OkStatus();
      return absl::UnavailableError("it is not refused");
    });
    if (!status.ok()) return status;
    return absl::StrCat("partition ", partition_.value(), " from ",
                        right_.value(), " to ", wrong.value(), ": refused");
  }

  absl::Status Heal(ChaosWorld* world) override {
    int ignored = 0;
    absl::Status status = StopAll(world, &ignored);
    world->fleet->Allow({});
    if (status.ok() && right_ > Offset(0)) {  // it was set to another
      status = SetOffset(world, right_);
    }
    world->fleet->Scale(size_);
    return status;
  }

 private:
  absl::Status SetOffset(ChaosWorld* world, Offset offset) const {
    return world->Administer("resettable offsets", [&](BrokerClient* client) {
      return client->CommitOffset(world->application, world->input, partition_,
                                  offset);
    });
  }

  int size_ = 1;
  Partition partition_;
  Offset right_;
};

// Retention takes input that was folded in long ago: no matter, also not to a
// restore.
class InputDeletedFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    const std::vector<PartitionProgress> now = world->observer->Look();
    for (int32_t p = 0; p < world->partitions; ++p) {
      const auto committed = CommittedOffset(world, Partition(p));
      if (!committed.ok()) return committed.status();
      const Offset before(std::min(committed->value(),
                                   now[static_cast<size_t>(p)].next_offset));
      if (before < Offset(0)) {
        return absl::FailedPreconditionError("nothing is committed");
      }
      const absl::Status status =
          world->Administer("deleted records", [&](BrokerClient* client) {
            return client->DeleteRecords(world->input, Partition(p), before);
          });
      if (!status.ok()) return status;
    }
    const int victim = world->PickInstance();
    if (victim < 0) return absl::FailedPreconditionError("no instance at work");
    const std::vector<int32_t> held = world->PartitionsOf(victim);
    absl::Status status = world->fleet->Kill(victim, /*hold=*/false);
    if (status.ok()) status = world->AwaitProgress(held, -1, kPatience);
    if (!status.ok()) return status;
    return absl::StrCat("all before the committed offsets, ",
                        now[0].next_offset, " in partition 0; instance ",
                        victim, " restored");
  }

  absl::Status Heal(ChaosWorld* /*world*/) override { return absl::OkStatus(); }
};

}  // namespace

std::vector<FaultKind> LogFaults() {
  return {
      {"compaction", FaultScope::kAlone,
       [] { return std::make_unique<CompactionFault>(); }},
      {"offsets-deleted", FaultScope::kAlone,
       [] { return std::make_unique<OffsetsDeletedFault>(); }},
      {"offsets-reset", FaultScope::kAlone,
       [] { return std::make_unique<OffsetsResetFault>(); }},
      {"input-deleted", FaultScope::kAlone,
       [] { return std::make_unique<InputDeletedFault>(); }},
  };
}

}  // namespace exactmean

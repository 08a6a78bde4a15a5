// Simulation: the events of the world.

#include "tests/simulation/simulation.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace exactmean {

Simulation::Simulation(const Configuration& configuration,
                       const Schedule& schedule, Mutation mutation,
                       std::vector<std::string>* trace)
    : configuration_(configuration),
      schedule_(schedule),
      mutation_(mutation),
      trace_(trace),
      world_(WithStep(configuration.world)) {}

absl::Status Simulation::Run() {
  RunEvents(schedule_.size());
  if (status_.ok()) Heal();
  // Nothing of a processor is on the stack any more.
  for (auto& actor : actors_) actor.reset();
  return status_;
}

void Simulation::RunEvents(size_t end) {
  while (next_ < end && status_.ok()) {
    Check();  // before, say, a compaction takes away what has not been seen
    const Event& event = schedule_[next_++];
    Note(absl::StrCat("-- ", event.ToString()));
    Apply(event);
    AfterStep();
  }
}

void Simulation::Apply(const Event& event) {
  if (IsArmed(event.kind)) return Arm(event);
  switch (event.kind) {
    case EventKind::kTurns:
      return Turns(event.slot, event.a, absl::Milliseconds(event.b));
    case EventKind::kStart:
    case EventKind::kStop:
    case EventKind::kKill:
    case EventKind::kExpire:
    case EventKind::kCutOff:
    case EventKind::kRedeliver:
      return ApplyToProcess(event);
    case EventKind::kGroupFailover:
    case EventKind::kTransactionFailover:
    case EventKind::kMissingOffsets:
    case EventKind::kDeleteOffset:
    case EventKind::kReassign:
    case EventKind::kTimeOut:
    case EventKind::kWriteMarker:
    case EventKind::kLateEndTxn:
      return ApplyToCluster(event);
    default:
      return ApplyToTopics(event);
  }
}

void Simulation::ApplyToProcess(const Event& event) {
  Actor* actor = actors_[static_cast<size_t>(event.slot)].get();
  if (event.kind == EventKind::kStart) {
    if (actor != nullptr) return;
    coverage_.Add(event.kind, PhasesOfAll());
    return Start(event.slot);
  }
  if (actor == nullptr) return;
  if (event.kind == EventKind::kStop) {
    return actor->busy ? void() : Stop(event.slot);
  }
  coverage_.Add(event.kind, actor->probe.tracker().all());
  switch (event.kind) {
    case EventKind::kKill:
      return Kill(event.slot);
    case EventKind::kExpire:
      return world_.group().Expire(SlotName(event.slot));
    case EventKind::kCutOff:
      actor->cut_off_until =
          world_.cluster().now() + absl::Milliseconds(event.a);
      return;
    default:
      actor->instance->plan.Redeliver(static_cast<int>(event.a));
  }
}

void Simulation::ApplyToCluster(const Event& event) {
  FakeCluster& cluster = world_.cluster();
  const absl::Time until = cluster.now() + absl::Milliseconds(event.a);
  if (event.kind == EventKind::kWriteMarker && cluster.pending_markers() == 0) {
    return;
  }
  if (event.kind == EventKind::kLateEndTxn && late_.empty()) return;
  coverage_.Add(event.kind, PhasesOfAll());
  switch (event.kind) {
    case EventKind::kGroupFailover:
      group_away_until_ = until;
      return;
    case EventKind::kTransactionFailover:
      transactions_away_until_ = until;
      return;
    case EventKind::kMissingOffsets:
      // At most once has no other word of what was passed: an offset that is
      // missing for longer than it is asked for cannot be made up for.
      offsets_missing_until_ =
          configuration_.instance.delivery.mode == DeliveryMode::kAtMostOnce
              ? std::min(until, cluster.now() + absl::Seconds(20))
              : until;
      return;
    case EventKind::kDeleteOffset:
      return DeleteOffset(
          Partition(static_cast<int32_t>(event.a % world_.partitions())));
    case EventKind::kReassign:
      return Reassign(static_cast<uint64_t>(event.a));
    case EventKind::kTimeOut:
      return world_.Advance(configuration_.instance.transaction_timeout);
    case EventKind::kWriteMarker:
      return cluster.WriteMarker(static_cast<size_t>(event.a) %
                                 cluster.pending_markers());
    default:
      // Refused when its epoch is over.
      Note(absl::StrCat(
          "  late EndTxn: ",
          cluster.EndTransaction(late_.front().producer, true).ToString()));
      late_.pop_front();
  }
}

void Simulation::ApplyToTopics(const Event& event) {
  if (event.kind == EventKind::kEndForeign && foreign_.empty()) return;
  if (Coverage::IsCounted(event.kind)) coverage_.Add(event.kind, PhasesOfAll());
  FakePartition::Compaction compaction;
  compaction.drop_markers = compaction.drop_tombstones = event.a != 0;
  for (int32_t p = 0; p < world_.partitions(); ++p) {
    const Partition partition(p);
    const Offset next = configuration_.transactional()
                            ? world_.watch(partition).next()
                            : world_.plain_watch(partition).next();
    FakePartition& input = world_.cluster().partition("in", partition);
    if (event.kind == EventKind::kCompactResults) {
      if (!configuration_.transactional() &&
          !world_.plain_watch(partition).agrees()) {
        continue;
      }
      world_.cluster().partition("out", partition).Compact(compaction);
    } else if (event.kind == EventKind::kCompactInput) {
      compaction.below = next;
      input.Compact(compaction);
    } else if (event.kind == EventKind::kMoveLogStart) {
      input.DeleteBefore(Offset(next.value() - event.a));
    }
  }
  switch (event.kind) {
    case EventKind::kAdvance:
      return world_.Advance(absl::Milliseconds(event.a));
    case EventKind::kProduce:
      return Produce(event.a, static_cast<uint64_t>(event.b), nullptr);
    case EventKind::kBeginForeign:
      foreign_.push_back(world_.BeginForeign());
      return Produce(event.a, static_cast<uint64_t>(event.b), &foreign_.back());
    case EventKind::kEndForeign:
      world_.EndForeign(foreign_.front(), /*commit=*/event.a != 0);
      foreign_.pop_front();
      return;
    default:
      return;
  }
}

ModelRecord Simulation::RandomRecord(Dice* dice) {
  ModelRecord record;
  event_clock_ms_ += dice->Below(200);
  record.kind = ModelRecord::Kind::kValue;
  record.key = absl::StrCat("key", dice->Below(configuration_.keys));
  record.timestamp_ms =
      event_clock_ms_ - (dice->OneIn(5) ? dice->Below(3000) : 0);
  record.value = static_cast<double>(dice->Below(2001) - 1000) / 4;
  record.text = absl::StrCat(record.value);
  const int64_t kind = dice->Below(24);
  // What comes back out of order may be of before the deletion, and of after.
  if (kind < 2 && configuration_.world.retry.topics.empty()) {
    record.kind = ModelRecord::Kind::kDelete;
    record.text = absl::nullopt;
  } else if (kind >= 2 && kind < 5) {
    record.kind = ModelRecord::Kind::kBad;
    if (kind == 2) record.text = dice->OneIn(2) ? "nan" : "not a number";
    if (kind == 3) record.key = absl::nullopt;
    if (kind == 4) record.key = "__exactmean/checkpoint";
    if (dice->OneIn(2)) record.headers = {{"h", "1"}, {"h", absl::nullopt}};
    if (dice->OneIn(8)) record.headers.push_back({"exactmean.attempts", "2"});
  }
  return record;
}

void Simulation::Produce(int64_t records, uint64_t seed,
                         ForeignWriter* foreign) {
  Dice dice(seed);
  for (int64_t i = 0; i < records; ++i) {
    const Partition partition(
        static_cast<int32_t>(dice.Below(world_.partitions())));
    world_.Append(partition, RandomRecord(&dice), foreign);
  }
}

void Simulation::Reassign(uint64_t seed) {
  if (ShareAName()) return;
  Dice dice(seed);
  std::vector<std::string> names;
  for (int slot = 0; slot < kNames; ++slot) {
    if (actors_[static_cast<size_t>(slot)] != nullptr) {
      names.push_back(SlotName(slot));
    }
  }
  std::map<std::string, std::vector<Partition>> assignment;
  // Once in a while the group goes back to its own assignment.
  if (!names.empty() && !dice.OneIn(4)) {
    for (int32_t p = 0; p < world_.partitions(); ++p) {
      const auto owner = dice.Below(static_cast<int64_t>(names.size()));
      assignment[names[static_cast<size_t>(owner)]].push_back(Partition(p));
    }
  }
  world_.group().Force(std::move(assignment));
}

void Simulation::DeleteOffset(Partition partition) {
  // At most once has no other word of what was passed.
  if (configuration_.instance.delivery.mode == DeliveryMode::kAtMostOnce) {
    return;
  }
  const auto committed = world_.group().Committed(partition);
  if (!committed.ok() || !committed->has_value()) return;
  world_.group().SetCommitted(partition, absl::nullopt);
  world_.watch(partition).AllowMissingOffset();
  world_.plain_watch(partition).AllowMissingOffset();
}

void Simulation::AfterStep() {
  const absl::Time now = world_.cluster().now();
  const bool group_away = now < group_away_until_;
  if (group_away) world_.group().RestartSessions(now);
  for (auto& actor : actors_) {
    if (actor == nullptr) continue;
    FaultPlan& plan = actor->instance->plan;
    plan.CutOffFromGroup(group_away || now < actor->cut_off_until);
    plan.HideOffsets(now < offsets_missing_until_);
  }
  Check();
}

void Simulation::Check() {
  if (!status_.ok()) return;
  const absl::Status status = world_.Check();
  if (!status.ok()) Fail(status);
}

void Simulation::Fail(const absl::Status& status) {
  if (!status_.ok()) return;
  status_ = status;
  Note(absl::StrCat("** ", status.ToString()));
  // Whatever is on the stack ends.
  for (auto& actor : actors_) {
    if (actor != nullptr) actor->instance->plan.Kill();
  }
}

void Simulation::Note(absl::string_view text) {
  if (trace_ == nullptr) return;
  static const absl::Time start = FakeCluster().now();
  trace_->push_back(absl::StrFormat(
      "%9.3f %s%s", absl::ToDoubleSeconds(world_.cluster().now() - start),
      std::string(static_cast<size_t>(depth_) * 4, ' '), text));
}

}  // namespace exactmean

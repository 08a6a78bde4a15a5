// ResolveGoal, PlanRewind and their rendering.

#include "tools/inspect/rewind/rewind_plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/stop.h"
#include "state/delivery_mode.h"
#include "state/digest.h"
#include "state/result_codec.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/table.h"

namespace exactmean {
namespace {

absl::Status Refused(const results::Checkpoint& checkpoint,
                     const std::string& why) {
  return Stop(StopReason::kConfig,
              absl::StrCat("partition ", checkpoint.partition(), ": ", why));
}

void PlanSegments(const PartitionFold& live, PartitionRewind* plan) {
  absl::flat_hash_set<absl::string_view> kept;
  const std::vector<ChangeSet::Segment>& segments = plan->changes.segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::string& key = segments[i].key;
    kept.insert(key);
    const auto found = live.segments().find(key);
    if (found != live.segments().end() &&
        found->second.hash == RecordHash(key, *segments[i].value)) {
      continue;
    }
    plan->changed_segments.push_back(i);
    plan->bytes += key.size() + segments[i].value->size();
  }
  for (const auto& [key, there] : live.segments()) {
    if (kept.contains(key)) continue;
    plan->deleted_segments.push_back(key);
    plan->bytes += key.size();
  }
  std::sort(plan->deleted_segments.begin(), plan->deleted_segments.end());
}

}  // namespace

absl::StatusOr<Offset> ResolveGoal(const RewindGoal& goal,
                                   const results::Checkpoint& checkpoint,
                                   const OffsetRange& input) {
  if (ModeOf(checkpoint) != DeliveryMode::kExactlyOnce) {
    return Refused(
        checkpoint,
        absl::StrCat(
            "its state was written under ", ToString(ModeOf(checkpoint)),
            ", where what is newer is told by the offset, and an older "
            "state would be passed over. Run a processor under "
            "EXACTLY_ONCE once, and stop it"));
  }
  const Offset start(checkpoint.start_offset());
  const Offset next(checkpoint.next_offset());
  Offset to = start;
  if (goal.kind == RewindGoal::Kind::kOffset) to = goal.offset;
  if (goal.kind == RewindGoal::Kind::kTime) {
    to = std::max(start, std::min(next, goal.at.value_or(next)));
  }
  if (to > next) {
    return Refused(checkpoint,
                   absl::StrFormat("the state ends before offset %d: %d lies "
                                   "ahead of it",
                                   next.value(), to.value()));
  }
  if (to < start) {
    return Refused(
        checkpoint,
        absl::StrFormat("the application began at offset %d; to read what is "
                        "before, use a new application_id and results topic",
                        start.value()));
  }
  if (start < input.low) {
    return Refused(
        checkpoint,
        absl::StrFormat(
            "the state is made of the input from offset %d on, of which what "
            "is before %d is no longer retained: no earlier state can be "
            "computed. To begin anew with what is there, use a new "
            "application_id and results topic",
            start.value(), input.low.value()));
  }
  if (next > input.high) {
    return Refused(
        checkpoint,
        absl::StrFormat("the state ends before offset %d, the input before %d: "
                        "the input topic was made anew, or lost records",
                        next.value(), input.high.value()));
  }
  return to;
}

absl::StatusOr<PartitionRewind> PlanRewind(const PartitionFold& live,
                                           ReplayedPartition replayed,
                                           Offset to,
                                           absl::string_view writer) {
  if (!replayed.stopped.empty()) {
    return Stop(StopReason::kBadRecord,
                absl::StrCat(replayed.stopped,
                             ". The state there was never reached under "
                             "on_bad_record: STOP; set SKIP"));
  }
  PartitionState& state = *replayed.state;
  state.PassAbsent(to);  // what follows the last record was read, too
  PartitionRewind plan;
  plan.partition = state.partition();
  plan.from = Offset(live.checkpoint()->next_offset());
  plan.to = to;
  plan.replayed = replayed.records;
  plan.bad_records = replayed.bad_records;
  plan.keys_before = live.keys().size();
  plan.keys_after = state.live_keys();
  // All of the state, as nothing of it was committed; what is there already
  // need not be written again.
  plan.changes = state.Changes(writer);
  absl::flat_hash_set<absl::string_view> kept;
  for (size_t i = 0; i < plan.changes.size(); ++i) {
    if (!plan.changes.value(i).has_value()) continue;
    const absl::string_view key = plan.changes.key(i);
    const absl::string_view value = *plan.changes.value(i);
    kept.insert(key);
    const auto found = live.keys().find(key);
    if (found != live.keys().end() &&
        found->second.hash == RecordHash(key, value)) {
      continue;
    }
    plan.changed.push_back(i);
    plan.bytes += key.size() + value.size();
  }
  for (const auto& [key, there] : live.keys()) {
    if (kept.contains(key)) continue;
    plan.deleted.push_back(key);
    plan.bytes += key.size();
  }
  std::sort(plan.deleted.begin(), plan.deleted.end());
  PlanSegments(live, &plan);
  results::Checkpoint checkpoint;
  const absl::Status status =
      DecodeCheckpoint(plan.changes.checkpoint(), &checkpoint);
  if (!status.ok()) return status;
  plan.reconfigured =
      checkpoint.fingerprint() != live.checkpoint()->fingerprint();
  plan.sequence = live.checkpoint()->sequence() + 1;
  checkpoint.set_sequence(plan.sequence);
  plan.checkpoint = EncodeResult(checkpoint);
  return plan;
}

std::string RewindText(absl::Span<const PartitionRewind> plan,
                       const Terminal& terminal) {
  Table table;
  table.Add({"PARTITION", "FROM", "TO", "REPLAYED", "KEYS", "THEN", "CHANGED",
             "DELETED", "WRITES"});
  bool reconfigured = false;
  uint64_t bad = 0;
  for (const PartitionRewind& one : plan) {
    reconfigured = reconfigured || one.reconfigured;
    bad += one.bad_records;
    table.Add({absl::StrCat(one.partition.value()),
               absl::StrCat(one.from.value()), absl::StrCat(one.to.value()),
               absl::StrCat(one.replayed), absl::StrCat(one.keys_before),
               absl::StrCat(one.keys_after), absl::StrCat(one.changed.size()),
               absl::StrCat(one.deleted.size()), ShortBytes(one.bytes)});
  }
  return absl::StrCat(
      table.ToString(terminal),
      reconfigured ? "The state was made under another configuration: it is "
                     "computed anew under this one.\n"
                   : "",
      bad > 0 ? absl::StrCat(bad,
                             " bad records were passed over, as "
                             "on_bad_record has it.\n")
              : "");
}

std::string RewindJson(absl::Span<const PartitionRewind> plan, bool done) {
  std::string text;
  for (const PartitionRewind& one : plan) {
    absl::StrAppend(&text,
                    JsonObject()
                        .Add("partition", one.partition.value())
                        .Add("from_offset", one.from.value())
                        .Add("to_offset", one.to.value())
                        .Add("replayed", one.replayed)
                        .Add("bad_records", one.bad_records)
                        .Add("keys_before", one.keys_before)
                        .Add("keys_after", one.keys_after)
                        .Add("changed", one.changed.size())
                        .Add("deleted", one.deleted.size())
                        .Add("bytes", one.bytes)
                        .Add("sequence", one.sequence)
                        .Add("reconfigured", one.reconfigured)
                        .Add("executed", done)
                        .ToString(),
                    "\n");
  }
  return text;
}

}  // namespace exactmean

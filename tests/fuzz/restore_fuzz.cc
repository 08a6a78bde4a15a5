// A results partition to state. A model beside it says what the proof must let
// pass and what not; what passes must go on: fold, be written and be read
// again. The input is a Topic of topic.proto.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/digest.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/fuzz/absurd_counts.h"
#include "tests/fuzz/layouts.h"
#include "tests/fuzz/live_segments.h"
#include "tests/fuzz/proto_mutator.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/topic.pb.h"

namespace exactmean {
namespace {

using Bytes = absl::optional<std::string>;
using Records = std::vector<std::pair<std::string, Bytes>>;
using Live = std::map<std::string, std::string>;  // the checkpoint, too

constexpr Partition kPartition(2);

Live Compacted(const Records& records) {
  Live live;
  for (const auto& record : records) {
    live.erase(record.first);
    if (record.second.has_value()) live[record.first] = *record.second;
  }
  return live;
}

uint64_t Digest(const Live& live) {
  uint64_t digest = 0;
  for (const auto& record : live) {
    if (record.first == kCheckpointKey) continue;
    digest += RecordHash(record.first, record.second);
  }
  return digest;
}

uint64_t Keys(const Live& live) {
  return static_cast<uint64_t>(std::count_if(
      live.begin(), live.end(),
      [](const auto& record) { return !IsReservedKey(record.first); }));
}

// What the checkpoint says became of the records sent to retry topics, or is to
// be; of a topic that is named twice the last word counts.
uint64_t Accounted(const results::Checkpoint& c) {
  std::map<std::string, uint64_t> waiting;
  for (const results::RetryTopic& topic : c.retry_topics()) {
    waiting[topic.topic()] = topic.waiting();
  }
  const results::RetryOutcomes& o = c.retry_outcomes();
  uint64_t sum =
      o.applied() + o.late() + o.filtered() + o.skipped() + o.dead_lettered();
  for (const auto& topic : waiting) sum += topic.second;
  return sum;
}

bool RetriesAddUp(const results::Checkpoint& c) {
  const uint64_t sent = c.dispositions().retried();
  for (const results::RetryTopic& topic : c.retry_topics()) {
    if (topic.next_offset() < 0 || topic.waiting() > sent) return false;
  }
  return Accounted(c) == sent;
}

void Prove(const Pipeline& pipeline, const Live& live,
           results::Checkpoint* checkpoint) {
  checkpoint->set_fingerprint(pipeline.fingerprint.hash);
  checkpoint->set_keys(Keys(live));
  checkpoint->set_digest(Digest(live));
  results::Dispositions* d = checkpoint->mutable_dispositions();
  d->set_retried(Accounted(*checkpoint));
  d->set_applied(static_cast<uint64_t>(checkpoint->next_offset()) -
                 static_cast<uint64_t>(checkpoint->start_offset()) - d->late() -
                 d->skipped() - d->dead_lettered() - d->retried() -
                 d->filtered() - d->absent() - d->lost());
}

Records RecordsOf(const fuzz::Topic& topic, const Pipeline& pipeline) {
  Records records;
  for (const fuzz::Record& record : topic.records()) {
    if (record.has_checkpoint()) {
      results::Checkpoint checkpoint = record.checkpoint();
      if (topic.prove()) Prove(pipeline, Compacted(records), &checkpoint);
      records.emplace_back(kCheckpointKey, EncodeResult(checkpoint));
    } else if (record.has_segment()) {
      records.emplace_back(ToString(SegmentKey{record.number(), record.key()}),
                           EncodeResult(record.segment()));
    } else if (record.number() > 0) {
      records.emplace_back(ToString(SegmentKey{record.number(), record.key()}),
                           absl::nullopt);
    } else if (record.has_snapshot()) {
      records.emplace_back(record.key(), EncodeResult(record.snapshot()));
    } else if (record.value_case() == fuzz::Record::kOther) {
      records.emplace_back(record.key(), record.other());
    } else {
      records.emplace_back(record.key(), absl::nullopt);
    }
  }
  return records;
}

absl::StatusOr<bool> RestoreAll(const Records& records, PartitionState* state) {
  for (const auto& [key, value] : records) {
    const absl::Status status = state->Restore(key, value);
    if (!status.ok()) return status;
  }
  return state->FinishRestore();
}

// Whether every record is one of ours, each by itself; of a key's snapshots,
// and of the checkpoints, the newest counts.
bool AreSound(const Records& records, const Live& live,
              const WindowLayout& layout) {
  bool newest = true;
  for (const auto& [key, value] : records) {
    if (key == kCheckpointKey) {
      results::Checkpoint checkpoint;
      newest = value.has_value() && DecodeCheckpoint(*value, &checkpoint).ok();
    } else if (IsReservedKey(key) && !ParseSegmentKey(key).has_value()) {
      return false;
    }
  }
  if (!newest) return false;
  SegmentsOfKeys segments = SegmentsIn(live);
  for (const auto& [key, value] : live) {
    results::Snapshot snapshot;
    if (!IsReservedKey(key) &&
        (!DecodeSnapshot(value, &snapshot).ok() ||
         !KeyWindows().FromProto(layout, snapshot).ok() ||
         !AreSegmentsOf(&snapshot, segments[key], layout))) {
      return false;
    }
    if (!IsReservedKey(key)) segments.erase(key);
  }
  return segments.empty();
}

// Whether the last checkpoint says what the records and the pipeline are.
bool IsProven(const results::Checkpoint& c, const Live& live,
              const Pipeline& pipeline) {
  constexpr int64_t kFarthest = int64_t{1} << 60;
  const results::Dispositions& d = c.dispositions();
  const auto passed = static_cast<uint64_t>(c.next_offset()) -
                      static_cast<uint64_t>(c.start_offset());
  return c.application_id() == pipeline.identity.application_id &&
         c.input_topic() == pipeline.identity.input_topic &&
         c.input_partitions() == pipeline.identity.input_partitions &&
         c.partition() == kPartition.value() &&
         c.fingerprint() == pipeline.fingerprint.hash &&
         c.keys() == Keys(live) && c.digest() == Digest(live) &&
         c.start_offset() >= 0 && c.next_offset() >= c.start_offset() &&
         c.stream_time().time() <= kFarthest &&
         c.stream_time().time() >= -kFarthest && RetriesAddUp(c) &&
         d.applied() + d.late() + d.skipped() + d.dead_lettered() +
                 d.retried() + d.filtered() + d.absent() + d.lost() ==
             passed;
}

void CheckRefusal(const absl::Status& status) {
  FUZZ_CHECK(absl::IsDataLoss(status) || absl::IsFailedPrecondition(status),
             status.ToString());
  FUZZ_CHECK(!status.message().empty(), "no message");
  for (const char c : status.message()) {
    FUZZ_CHECK(absl::ascii_isprint(c) || c == '\n', status.ToString());
  }
}

bool HasAbsurdNumbers(const Records& records,
                      const results::Checkpoint& checkpoint) {
  for (const auto& [key, value] : records) {
    results::Snapshot snapshot;
    if (key != kCheckpointKey && value.has_value() &&
        DecodeSnapshot(*value, &snapshot).ok() && HasAbsurdCount(snapshot)) {
      return true;
    }
  }
  return checkpoint.next_offset() > int64_t{1} << 62;
}

// Folds a few records in, writes, and reads all of it again.
void CheckGoesOn(const Pipeline& pipeline, Records records,
                 PartitionState* state) {
  int64_t offset = state->next_offset().value();
  const Live before = Compacted(records);
  for (const auto& [key, value] : before) {
    if (IsReservedKey(key)) continue;
    results::Snapshot snapshot;
    FUZZ_CHECK(DecodeSnapshot(value, &snapshot).ok(), key);
    const Sample sample{2.5, EventTime(snapshot.event_time())};
    if (IsAdmissible(sample)) state->Apply(Offset(offset++), key, sample);
  }
  state->Apply(Offset(offset++), "new", {1, EventTime(3'000'000)});
  state->Delete(Offset(offset++), before.begin()->first);
  state->Skip(Offset(offset++));
  state->PassAbsent(Offset(offset + 2));
  const ChangeSet changes = state->Changes("writer");
  state->MarkCommitted();
  for (const ChangeSet::Segment& segment : changes.segments()) {
    records.emplace_back(segment.key, segment.value);
  }
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto value = changes.value(i);
    records.emplace_back(changes.key(i), value.has_value()
                                             ? Bytes(std::string(*value))
                                             : absl::nullopt);
  }
  records.emplace_back(kCheckpointKey, changes.checkpoint());
  PartitionState again(&pipeline, kPartition);
  const absl::StatusOr<bool> restored = RestoreAll(records, &again);
  FUZZ_CHECK(restored.ok() && *restored, restored.status().ToString());
  FUZZ_CHECK(again.digest() == state->digest(), "another digest");
  for (const auto& record : Compacted(records)) {
    FUZZ_CHECK(
        again.AveragesOf(record.first) == state->AveragesOf(record.first),
        record.first);
  }
}

void CheckTopic(const fuzz::Topic& topic) {
  StateIdentity identity{"app", "input", 4};
  const Pipeline pipeline(MakeSpec(topic.layout() % kLayouts), identity);
  for (const fuzz::Record& record : topic.records()) {
    // Without transactions the log has other rules: state/plain_restore_test.
    if (record.checkpoint().delivery() != results::EXACTLY_ONCE) return;
  }
  const Records records = RecordsOf(topic, pipeline);
  const Live live = Compacted(records);
  PartitionState state(&pipeline, kPartition);
  const absl::StatusOr<bool> restored = RestoreAll(records, &state);
  if (!restored.ok()) CheckRefusal(restored.status());

  const bool sound = AreSound(records, live, pipeline.layout);
  const auto last = live.find(std::string(kCheckpointKey));
  if (!sound || last == live.end()) {
    FUZZ_CHECK(restored.ok() == (sound && live.empty()),
               restored.status().ToString());
    FUZZ_CHECK(!restored.ok() || !*restored, "state without a checkpoint");
    return;
  }
  results::Checkpoint checkpoint;
  FUZZ_CHECK(DecodeCheckpoint(last->second, &checkpoint).ok(), "checkpoint");
  FUZZ_CHECK(restored.ok() == IsProven(checkpoint, live, pipeline),
             restored.status().ToString());
  if (!restored.ok()) return;
  FUZZ_CHECK(*restored, "a checkpoint is no state");
  FUZZ_CHECK(state.live_keys() == Keys(live), "keys");
  FUZZ_CHECK(state.digest() == Digest(live), "digest");
  FUZZ_CHECK(state.next_offset().value() == checkpoint.next_offset(), "offset");
  if (HasAbsurdNumbers(records, checkpoint)) return;
  CheckGoesOn(pipeline, records, &state);
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  exactmean::fuzz::Topic topic;
  if (!topic.ParseFromArray(data, static_cast<int>(size))) return 0;
  exactmean::CheckTopic(topic);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  return exactmean::MutateSerialized(exactmean::fuzz::Topic(), data, size,
                                     max_size, seed);
}

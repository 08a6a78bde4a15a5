// RetryTopics.

#include "processor/retry_topic/retry_topics.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {
namespace {

// So much of a partition of a topic is read before its time.
constexpr size_t kAheadRecords = 100;
constexpr size_t kAheadBytes = 256 << 10;

std::string Place(const std::string& topic, Partition partition) {
  return absl::StrCat("retry topic \"", topic, "\", partition ",
                      partition.value());
}

absl::Status Gone(const std::string& topic, Partition partition,
                  uint64_t waiting, Offset next, const OffsetRange& range) {
  return Stop(
      StopReason::kState,
      absl::StrFormat(
          "%s: %s there from offset %d on, and it holds "
          "offsets %d to %d. They were deleted, by retention or by hand: set "
          "retention.ms=-1. To go on without them, start over with a new "
          "application_id and results topic, or rewind: exactmean-inspect "
          "rewind reads their records again from the input",
          Place(topic, partition), Plural(waiting, "record", "waits", "wait"),
          next.value(), range.low.value(), range.high.value()));
}

}  // namespace

absl::Status RetryTopics::Begin(PartitionState* state) {
  End(state->partition());
  std::vector<std::string> unnamed;
  for (const auto& [name, topic] : state->retries().topics()) {
    const bool named = std::any_of(sources_.begin(), sources_.end(),
                                   [&topic_name = name](const Source& s) {
                                     return s.topic == topic_name;
                                   });
    if (named) continue;
    if (topic.waiting == 0) {
      unnamed.push_back(name);
      continue;
    }
    return Stop(StopReason::kConfig,
                absl::StrCat("partition ", state->partition().value(), ": ",
                             Plural(topic.waiting, "record", "waits", "wait"),
                             " in the retry topic \"", name,
                             "\", which the configuration does not "
                             "name. Name it among step.retry.topic, with "
                             "give_up: RETRY_TOPIC and delivery mode "
                             "EXACTLY_ONCE, until none waits there"));
  }
  for (const std::string& name : unnamed) state->EndRetries(name);
  for (size_t step = 0; step < sources_.size(); ++step) {
    const absl::Status status = BeginTopic(step, state);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RetryTopics::BeginTopic(size_t step, PartitionState* state) {
  const Source& source = sources_[step];
  const Partition partition = state->partition();
  const auto range = source.reader->Range(partition);
  if (!range.ok()) return range.status();
  const Retries::Topic* known = state->retries().Find(source.topic);
  const uint64_t waiting = known == nullptr ? 0 : known->waiting;
  // Where nothing waits, what there is is of another life of the application.
  const Offset next = waiting == 0 ? range->high : known->next;
  if (next < range->low ||
      static_cast<int64_t>(waiting) > range->high.value() - next.value()) {
    return Gone(source.topic, partition, waiting, next, *range);
  }
  const absl::Status opened = source.reader->OpenAt(partition, next);
  if (!opened.ok()) return opened;
  // Also the position of an empty topic: it is where the next record will be
  // looked for, whatever became of the topic meanwhile.
  if (known == nullptr || (waiting == 0 && known->next != next)) {
    state->BeginRetries(source.topic, next);
  }
  Lane& lane = lanes_[{partition, step}];
  lane.next = next;
  lane.open = true;
  return absl::OkStatus();
}

void RetryTopics::End(Partition partition) {
  for (size_t step = 0; step < sources_.size(); ++step) {
    const auto lane = lanes_.find({partition, step});
    if (lane == lanes_.end()) continue;
    Close(step, partition, &lane->second);
    lanes_.erase(lane);
  }
}

void RetryTopics::Close(size_t step, Partition partition, Lane* lane) {
  if (lane->open) sources_[step].reader->Close(partition);
  lane->open = false;
}

absl::Status RetryTopics::ReadAhead() {
  absl::Status trouble;
  for (size_t step = 0; step < sources_.size(); ++step) {
    absl::Status status = Resume(step);
    if (status.ok()) status = ReadTopic(step);
    if (!status.ok() && !absl::IsUnavailable(status)) return status;
    trouble.Update(status);
  }
  return trouble;
}

absl::Status RetryTopics::Resume(size_t step) {
  for (auto& [id, lane] : lanes_) {
    if (id.second != step || lane.open ||
        lane.ahead.size() > kAheadRecords / 2 || lane.bytes > kAheadBytes / 2) {
      continue;
    }
    const absl::Status opened =
        sources_[step].reader->OpenAt(id.first, lane.next);
    if (!opened.ok()) return opened;
    lane.open = true;
  }
  return absl::OkStatus();
}

absl::Status RetryTopics::ReadTopic(size_t step) {
  const bool open =
      std::any_of(lanes_.begin(), lanes_.end(), [step](const auto& lane) {
        return lane.first.second == step && lane.second.open;
      });
  if (!open) return absl::OkStatus();
  const Source& source = sources_[step];
  const auto records = source.reader->Read(absl::ZeroDuration());
  if (absl::IsOutOfRange(records.status())) {
    return Stop(StopReason::kState,
                absl::StrCat("retry topic \"", source.topic,
                             "\": records that wait there were deleted: ",
                             records.status().message()));
  }
  if (!records.ok()) return records.status();
  for (const LogRecord& record : *records) {
    const absl::Status taken = Take(step, record);
    if (!taken.ok()) return taken;
  }
  for (auto& [id, lane] : lanes_) {
    if (id.second == step &&
        (lane.ahead.size() > kAheadRecords || lane.bytes > kAheadBytes)) {
      Close(step, id.first, &lane);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RetryRecord> RetryTopics::Parse(const LogRecord& record) const {
  OwnedRecord copy;
  const absl::Status copied = CopyRecord(record, &copy);
  if (!copied.ok()) return copied;
  absl::StatusOr<RetryRecord> parsed = ParseRetryRecord(std::move(copy));
  if (!parsed.ok()) return parsed;
  const DeadLetterOrigin& origin = parsed->origin;
  const StateIdentity& own = pipeline_->identity;
  if (origin.application != own.application_id ||
      origin.topic != own.input_topic || origin.partition != record.partition ||
      !parsed->record.key.has_value() || !parsed->record.value.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "it is of application \"", absl::CHexEscape(origin.application),
        "\", topic \"", absl::CHexEscape(origin.topic), "\", partition ",
        origin.partition.value()));
  }
  return parsed;
}

absl::Status RetryTopics::Take(size_t step, const LogRecord& record) {
  const auto found = lanes_.find({record.partition, step});
  if (found == lanes_.end()) return absl::OkStatus();  // read before its End
  Lane& lane = found->second;
  if (record.offset < lane.next) return absl::OkStatus();  // delivered twice
  absl::StatusOr<RetryRecord> parsed = Parse(record);
  if (!parsed.ok()) {
    return Stop(
        StopReason::kState,
        absl::StrCat(Place(sources_[step].topic, record.partition), ", offset ",
                     record.offset.value(),
                     ": not a record that this application put there: ",
                     parsed.status().message(),
                     ". Let nobody else write to a retry topic. To be rid of "
                     "it: exactmean-inspect rewind, which reads what waits "
                     "again from the input, and steps over this topic"));
  }
  lane.bytes += parsed->record.bytes();
  // By the clock of whoever sent it; one that is wrong, or a delay that was
  // longer then, does not hold up what lies behind it.
  parsed->due = std::min(parsed->due, now_() + sources_[step].delay);
  lane.next = Next(record.offset);
  lane.ahead.push_back({step, record.offset, *std::move(parsed)});
  return absl::OkStatus();
}

const WaitingRecord* RetryTopics::Due(Partition partition) const {
  const absl::Time now = now_();
  for (auto lane = lanes_.lower_bound({partition, 0});
       lane != lanes_.end() && lane->first.first == partition; ++lane) {
    const auto& ahead = lane->second.ahead;
    if (!ahead.empty() && ahead.front().retry.due <= now) return &ahead.front();
  }
  return nullptr;
}

void RetryTopics::Pop(const WaitingRecord& handled, Partition partition) {
  Lane& lane = lanes_.at({partition, handled.step});
  CHECK(&handled == &lane.ahead.front());
  lane.ahead.pop_front();
  // Of what is left, as if all were of one size.
  lane.bytes = lane.bytes * lane.ahead.size() / (lane.ahead.size() + 1);
}

}  // namespace exactmean

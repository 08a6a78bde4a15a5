// StatusJson.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/optional.h"
#include "state/delivery_mode.h"
#include "state/retries.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/json_object.h"

namespace exactmean {
namespace {

std::string Time(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

std::string RetryTopicsJson(const results::Checkpoint& checkpoint) {
  std::vector<std::string> topics;
  for (const results::RetryTopic& topic : checkpoint.retry_topics()) {
    topics.push_back(JsonObject()
                         .Add("topic", topic.topic())
                         .Add("next_offset", topic.next_offset())
                         .Add("waiting", topic.waiting())
                         .ToString());
  }
  return JsonArray(topics);
}

void AddCheckpoint(const ApplicationStatus& status, const PartitionStatus& at,
                   JsonObject* json) {
  const results::Checkpoint& c = *at.checkpoint;
  const results::Dispositions& d = c.dispositions();
  json->Add("next_offset", c.next_offset())
      .Add("start_offset", c.start_offset())
      .Add("keys", c.keys())
      .Add("applied", d.applied())
      .Add("late", d.late())
      .Add("skipped", d.skipped())
      .Add("dead_lettered", d.dead_lettered())
      .Add("retried", d.retried())
      .Add("waiting", WaitingOf(c))
      .AddRaw("retry_topics", RetryTopicsJson(c))
      .Add("filtered", d.filtered())
      .Add("absent", d.absent())
      .Add("lost", d.lost())
      .Add("delivery", ToString(ModeOf(c)))
      .Add("sequence", c.sequence())
      .Add("digest", absl::StrFormat("%016x", c.digest()))
      .Add("digest_verified", at.digest_verified)
      .Add("step_under_way", at.step_under_way)
      .Add("writer", c.writer())
      .Add("committed_at", Time(at.committed_at))
      .Add("committed_ago_ms",
           absl::ToInt64Milliseconds(status.now - at.committed_at));
}

std::string OpenJson(const std::vector<OpenTransaction>& open) {
  std::vector<std::string> objects;
  for (const OpenTransaction& o : open) {
    std::vector<std::string> writers;
    for (const std::string& w : o.writers_after)
      writers.push_back(JsonString(w));
    objects.push_back(JsonObject()
                          .Add("topic", o.topic)
                          .Add("from_offset", o.from.value())
                          .Add("since", Time(o.since))
                          .AddRaw("writers_after", JsonArray(writers))
                          .ToString());
  }
  return JsonArray(objects);
}

// Those of the application as a whole are every partition's.
std::string TroublesJson(const std::vector<Trouble>& troubles,
                         Partition partition) {
  std::vector<std::string> objects;
  for (const Trouble& trouble : troubles) {
    if (trouble.partition.value_or(partition) != partition) continue;
    objects.push_back(JsonObject()
                          .Add("text", trouble.text)
                          .Add("mend", trouble.mend)
                          .Add("fatal", trouble.fatal)
                          .ToString());
  }
  return JsonArray(objects);
}

std::string PartitionJson(const ApplicationStatus& status,
                          const std::vector<Trouble>& troubles,
                          const PartitionStatus& at) {
  JsonObject json;
  json.Add("partition", at.partition.value());
  if (at.checkpoint.has_value()) {
    AddCheckpoint(status, at, &json);
  } else {
    json.AddNull("checkpoint").Add("digest_verified", at.keys == 0);
  }
  bool results_open = false;
  for (const OpenTransaction& open : at.open) {
    results_open = results_open || open.topic == status.results_topic;
  }
  json.Add("checkpoint_problem", at.checkpoint_problem)
      .Add("live_keys", at.keys)
      .Add("live_segments", at.segments)
      .Add("records_read", at.records_read)
      .Add("restore_bytes", at.bytes_read)
      .Add("largest_record_bytes", at.largest_record)
      .Add("group", ToString(at.agreement))
      .Add("group_offset", at.group_offset);
  absl::optional<Offset> low, high;
  if (at.input.has_value()) {
    low = at.input->low;
    high = at.input->high;
  }
  json.Add("input_low", low)
      .Add("input_stable", at.input_stable)
      .Add("input_high", high);
  if (at.lag.has_value()) {
    json.Add("lag", *at.lag).Add("lag_is_bound", !at.lag_counted);
  } else {
    json.AddNull("lag").AddNull("lag_is_bound");
  }
  return json.Add("owner", at.owner)
      .Add("transaction_open", results_open)
      .AddRaw("open_transactions", OpenJson(at.open))
      .AddRaw("troubles", TroublesJson(troubles, at.partition))
      .ToString();
}

}  // namespace

std::string StatusJson(const ApplicationStatus& status) {
  const std::vector<Trouble> troubles = TroublesOf(status);
  std::string text;
  for (const PartitionStatus& at : status.partitions) {
    absl::StrAppend(&text, PartitionJson(status, troubles, at), "\n");
  }
  return text;
}

}  // namespace exactmean

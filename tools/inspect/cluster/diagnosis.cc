// Diagnose: access, compaction, messages, transactions. What is about the
// settings of topics is in diagnosis_topics.cc, about state and input in
// diagnosis_state.cc.

#include "tools/inspect/cluster/diagnosis.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "state/counts.h"
#include "tools/inspect/cluster/diagnosis_parts.h"
#include "tools/inspect/cluster/status_text.h"

namespace exactmean {
namespace {

// More records for each live one than this: compaction is behind. Of fewer
// records than these nobody need care.
constexpr double kManyPerLive = 10;
constexpr uint64_t kManyRecords = 200000;
constexpr char kMostTimeout[] = "transaction.max.timeout.ms";
constexpr char kIdsExpire[] = "transactional.id.expiration.ms";
constexpr char kOffsetsKept[] = "offsets.retention.minutes";

}  // namespace

void TakeTightest(const KafkaConfigs& one, KafkaConfigs* all) {
  for (const char* const name : {kMostTimeout, kIdsExpire, kOffsetsKept}) {
    const auto here = NumberOf(one, name);
    if (!here.has_value()) continue;
    const auto before = NumberOf(*all, name);
    if (!before.has_value() || *here < *before) {
      (*all)[name] = absl::StrCat(*here);
    }
  }
}

absl::optional<int64_t> NumberOf(const KafkaConfigs& configs,
                                 const std::string& name) {
  const auto found = configs.find(name);
  int64_t number = 0;
  if (found == configs.end() || !absl::SimpleAtoi(found->second, &number)) {
    return absl::nullopt;
  }
  return number;
}

void DiagnoseAccess(const ClusterFacts& facts, std::vector<Finding>* out) {
  for (const Problem& problem : facts.refused) {
    out->push_back({Grade::kFail, "check", problem.what,
                    "a start ends with exit code 2", problem.mend});
  }
  if (!facts.checked) {
    out->push_back({Grade::kWarn, "check",
                    "not seen: without --config, and without state, it is not "
                    "known what a start would need",
                    "", "give --config=FILE"});
  } else if (facts.refused.empty()) {
    out->push_back({Grade::kOk, "check",
                    facts.access_known
                        ? "topics are as they must be, and may be used"
                        : "topics are as they must be; the cluster does not "
                          "tell what is authorised",
                    "", ""});
  }
  for (const std::string& unseen : facts.unseen) {
    out->push_back({Grade::kWarn, "unseen", unseen,
                    "what cannot be asked may be wrong unseen",
                    "allow it to this user (Describe and DescribeConfigs on "
                    "topics and cluster), or ask as another one"});
  }
}

void DiagnoseCompaction(const ClusterFacts& facts, std::vector<Finding>* out) {
  if (facts.status.partitions.empty()) return;  // not seen
  uint64_t bytes = 0;
  PartitionStatus all;
  for (const PartitionStatus& at : facts.status.partitions) {
    all.records_read += at.records_read;
    bytes += at.bytes_read;
    all.keys += at.keys;
    all.segments += at.segments;
  }
  const uint64_t records = all.records_read;
  const double per_live = all.RecordsPerLive();
  const auto segment_ms = NumberOf(facts.results.configs, "segment.ms");
  const auto segment_bytes = NumberOf(facts.results.configs, "segment.bytes");
  const auto lag_ms = NumberOf(facts.results.configs, "min.compaction.lag.ms");
  const auto dirty = facts.results.configs.find("min.cleanable.dirty.ratio");
  const std::string settings = absl::StrCat(
      "segment.bytes=", segment_bytes.value_or(-1),
      ", segment.ms=", segment_ms.value_or(-1), ", min.cleanable.dirty.ratio=",
      dirty == facts.results.configs.end() ? "?" : dirty->second,
      ", min.compaction.lag.ms=", lag_ms.value_or(0));
  const std::string found = absl::StrFormat(
      "%s records for %s live ones, %.1f each", WithCommas(records),
      WithCommas(all.keys + all.segments), per_live);
  if (records > kManyRecords && per_live > kManyPerLive) {
    out->push_back({Grade::kWarn, "compaction",
                    absl::StrCat(found, " (", settings, ")"),
                    "a restore reads all of them: the segment being written is "
                    "never compacted, the others once enough of them is dirty",
                    Alter(facts, facts.results.name,
                          "segment.bytes=67108864,segment.ms=3600000,"
                          "min.cleanable.dirty.ratio=0.3,"
                          "min.compaction.lag.ms=0")});
  } else {
    out->push_back({Grade::kOk, "compaction", found, "", ""});
  }
  const double seconds =
      std::max(0.001, absl::ToDoubleSeconds(facts.read_took));
  out->push_back(
      {facts.read_took > absl::Minutes(5) ? Grade::kWarn : Grade::kOk,
       "restore",
       absl::StrFormat("all partitions: %s, %s records, about %s as read now "
                       "(%s/s)",
                       ShortBytes(bytes), WithCommas(records),
                       ShortDuration(facts.read_took),
                       ShortBytes(static_cast<uint64_t>(
                           static_cast<double>(bytes) / seconds))),
       facts.read_took > absl::Minutes(5)
           ? "so long a takeover takes when one instance gets them all"
           : "",
       facts.read_took > absl::Minutes(5)
           ? "more partitions and instances, or smaller segments (compaction)"
           : ""});
  const auto retention = NumberOf(facts.results.configs, "delete.retention.ms");
  if (retention.has_value() &&
      absl::Milliseconds(*retention) < 10 * facts.read_took) {
    out->push_back(
        {Grade::kFail, "delete.retention.ms",
         absl::StrCat(*retention, " ms, a restore takes ",
                      ShortDuration(facts.read_took)),
         "a restore that is slower misses tombstones, and begins "
         "again and again",
         Alter(facts, facts.results.name, "delete.retention.ms=86400000")});
  }
}

void DiagnoseMessages(const ClusterFacts& facts, std::vector<Finding>* out) {
  if (facts.status.partitions.empty()) return;  // not seen
  uint64_t largest = 0;
  for (const PartitionStatus& at : facts.status.partitions) {
    largest = std::max(largest, at.largest_record);
  }
  const int64_t topic = NumberOf(facts.results.configs, "max.message.bytes")
                            .value_or(facts.client_max_bytes);
  const auto limit =
      static_cast<uint64_t>(std::min(topic, facts.client_max_bytes));
  const std::string found =
      absl::StrCat("the largest snapshot has ", ShortBytes(largest),
                   ", the limit is ", ShortBytes(limit));
  if (largest * 2 <= limit) {
    out->push_back({Grade::kOk, "max.message.bytes", found, "", ""});
    return;
  }
  out->push_back(
      {largest * 10 > limit * 9 ? Grade::kFail : Grade::kWarn,
       "max.message.bytes", found,
       "a snapshot that grows beyond it cannot be committed: the processor "
       "stops",
       absl::StrCat(Alter(facts, facts.results.name,
                          absl::StrCat("max.message.bytes=", limit * 4)),
                    "; and the property message.max.bytes")});
}

void DiagnoseTransactions(const ClusterFacts& facts,
                          std::vector<Finding>* out) {
  const auto most = NumberOf(facts.broker, kMostTimeout);
  const absl::Duration ours = facts.status.transaction_timeout;
  if (most.has_value()) {
    const bool granted = absl::Milliseconds(*most) >= ours;
    out->push_back(
        {granted ? Grade::kOk : Grade::kFail, kMostTimeout,
         absl::StrCat("every broker grants ",
                      absl::FormatDuration(absl::Milliseconds(*most)),
                      ", commit.transaction_timeout is ",
                      absl::FormatDuration(ours)),
         granted ? "" : "no producer can be opened",
         granted ? ""
                 : "lower commit.transaction_timeout, or raise the "
                   "brokers' transaction.max.timeout.ms"});
  }
  const auto expires = NumberOf(facts.broker, kIdsExpire);
  if (expires.has_value() && absl::Milliseconds(*expires) < absl::Hours(1)) {
    out->push_back({Grade::kWarn, kIdsExpire, absl::StrCat(*expires, " ms"),
                    "the id of a processor that stands idle is forgotten, and "
                    "its next commit fails once",
                    "set the brokers' transactional.id.expiration.ms to days"});
  }
  const auto kept = NumberOf(facts.broker, kOffsetsKept);
  if (kept.has_value() && *kept < 24 * 60) {
    out->push_back(
        {Grade::kWarn, kOffsetsKept, absl::StrCat(*kept, " minutes"),
         "the group's offsets are forgotten when no processor runs for so "
         "long; a start then waits half a minute, and goes on from the "
         "checkpoint",
         "set the brokers' offsets.retention.minutes to 10080"});
  }
}

std::vector<Finding> Diagnose(const ClusterFacts& facts) {
  std::vector<Finding> findings;
  DiagnoseAccess(facts, &findings);
  DiagnoseDurability(facts, &findings);
  DiagnoseDiverted(facts, &findings);
  DiagnoseCompaction(facts, &findings);
  DiagnoseMessages(facts, &findings);
  DiagnoseTransactions(facts, &findings);
  DiagnoseState(facts, &findings);
  DiagnoseInput(facts, &findings);
  return findings;
}

}  // namespace exactmean

// Audit: reads both topics and the group's offsets.

#include "tools/inspect/audit/audit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "state/delivery_mode.h"

namespace exactmean {
namespace {

// The first offset that the input retains.
absl::StatusOr<Offset> RetainedFrom(const AuditInput& input,
                                    Partition partition,
                                    const ScanOptions& options) {
  if (input.reader == nullptr) return Offset(0);
  const auto whole = WholePartitions(input.reader, {partition}, options);
  if (!whole.ok()) return whole.status();
  return whole->front().from;
}

absl::Status CountInput(const AuditInput& input, const ScanOptions& options,
                        const std::map<Partition, CheckpointAuditor>& auditors,
                        std::map<Partition, PartitionAudit>* audits) {
  std::vector<Stretch> stretches;
  for (const auto& [partition, auditor] : auditors) {
    const PartitionAudit& audit = auditor.audit();
    if (audit.checkpoints == 0 || !auditor.CountFrom().has_value()) continue;
    const Offset next(audit.last.next_offset());
    const auto range = input.reader->StableEnd(partition);
    if (!range.ok()) return range.status();
    stretches.push_back(
        {partition, *auditor.CountFrom(), std::min(next, *range)});
    PartitionAudit& to = (*audits)[partition];
    to.counted_from = auditor.CountFrom();
    to.expected = auditor.Expected();
    to.lost = auditor.Lost();
  }
  return Scan(input.reader, stretches, options,
              [&](const LogRecord& record) {
                ++(*audits)[record.partition].counted;
                return absl::OkStatus();
              })
      .status();
}

// Committed together: when the one has not moved, nor has the other.
absl::Status CheckGroup(const AuditInput& input, PartitionAudit* audit) {
  if (!input.group || !audit->group.has_value()) return absl::OkStatus();
  if (audit->checkpoints > 0) {
    const int64_t next = audit->last.next_offset();
    const int64_t group = audit->group->value();
    const DeliveryMode mode = ModeOf(audit->last);
    if (next == group || (mode != DeliveryMode::kExactlyOnce && group < next) ||
        (mode == DeliveryMode::kAtMostOnce && group > next)) {
      return absl::OkStatus();
    }
  }
  if (audit->checkpoints == 0 && input.taken_over) {
    const auto taken_over = input.taken_over(audit->partition);
    if (!taken_over.ok() || *taken_over) return taken_over.status();
  }
  const auto now = input.group(audit->partition);
  if (!now.ok()) return now.status();
  if (*now != audit->group) return absl::OkStatus();
  audit->violations.push_back(
      {Offset(-1),
       absl::StrCat("the group's offset is ", audit->group->value(), ", ",
                    audit->checkpoints == 0
                        ? std::string("but there is no checkpoint")
                        : absl::StrCat("that of the last checkpoint ",
                                       audit->last.next_offset()),
                    ": a start is refused")});
  return absl::OkStatus();
}

void CheckCount(PartitionAudit* audit) {
  // Whether a lost offset had a record nobody knows.
  if (!audit->counted_from.has_value() ||
      audit->counted - audit->expected <= audit->lost) {
    return;
  }
  audit->violations.push_back(
      {Offset(-1), absl::StrCat("the input holds ", audit->counted,
                                " committed records from offset ",
                                audit->counted_from->value(), " to before ",
                                audit->last.next_offset(), "; ",
                                audit->expected, " were processed")});
}

}  // namespace

absl::StatusOr<std::vector<PartitionAudit>> Audit(
    TopicReader* results, const AuditInput& input,
    absl::Span<const Partition> partitions, const ScanOptions& options) {
  std::map<Partition, CheckpointAuditor> auditors;
  std::map<Partition, absl::optional<Offset>> groups;  // before all else
  for (const Partition partition : partitions) {
    const auto low = RetainedFrom(input, partition, options);
    if (!low.ok()) return low.status();
    auditors.emplace(partition, CheckpointAuditor(partition, *low));
    if (!input.group) continue;
    const auto group = input.group(partition);
    if (!group.ok()) return group.status();
    groups[partition] = *group;
  }
  const auto stretches = CommittedPartitions(results, partitions, options);
  if (!stretches.ok()) return stretches.status();
  const auto read =
      Scan(results, *stretches, options, [&](const LogRecord& record) {
        auditors.at(record.partition).Accept(record);
        return absl::OkStatus();
      });
  if (!read.ok()) return read.status();
  std::map<Partition, PartitionAudit> audits;
  for (const auto& [partition, auditor] : auditors) {
    audits[partition] = auditor.audit();
    audits[partition].group = groups[partition];
  }
  if (input.reader != nullptr && !input.compacted) {
    const absl::Status counted = CountInput(input, options, auditors, &audits);
    if (!counted.ok()) return counted;
  }
  std::vector<PartitionAudit> result;
  for (auto& [partition, audit] : audits) {
    CheckCount(&audit);
    const absl::Status status = CheckGroup(input, &audit);
    if (!status.ok()) return status;
    result.push_back(std::move(audit));
  }
  return result;
}

}  // namespace exactmean

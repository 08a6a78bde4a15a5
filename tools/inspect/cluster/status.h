// What `status` tells of an application: values, and what is wrong with them.

#ifndef EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_H_
#define EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/admin.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// One that holds readers back.
struct OpenTransaction {
  std::string topic;
  Offset from;       // its first record
  absl::Time since;  // that record's timestamp
  // The transactional ids of checkpoints after it, in the results. Whether one
  // of them is its own, the log does not tell: others may have committed since.
  std::vector<std::string> writers_after;
};

// "; checkpoints after it are by a and b"; empty: there are none.
std::string WritersAfter(const OpenTransaction& open);

// Group offset and checkpoint.
enum class Agreement {
  kAgree,
  kDiffer,
  kBehind,         // without transactions: the group's is written later
  kAhead,          // at most once: it is written first
  kForeign,        // another program's, and there is no state
  kNoGroupOffset,  // expired or deleted: a start takes the checkpoint's
  kUndecided,      // a transaction that moves one of them is open
  kUnknown,        // could not be asked
};

// As a column of a table: "agrees", "DIFFERS", ...
absl::string_view ToString(Agreement agreement);

struct PartitionStatus {
  Partition partition;

  // Of the results partition.
  absl::optional<results::Checkpoint> checkpoint;
  std::string checkpoint_problem;  // why the newest cannot be used; or empty
  absl::Time committed_at;         // the checkpoint's
  bool digest_verified = false;
  // It is not, but nothing is amiss: without transactions a step is under way,
  // or was not finished.
  bool step_under_way = false;
  // Records of no transaction that follow it; 0 under exactly once.
  uint64_t after_checkpoint = 0;
  uint64_t keys = 0;            // live ones
  uint64_t segments = 0;        // of their long windows, live ones
  uint64_t records_read = 0;    // what a restore reads
  uint64_t bytes_read = 0;      // likewise
  uint64_t largest_record = 0;  // bytes of the largest live key and value

  // Of the group.
  Agreement agreement = Agreement::kUnknown;
  absl::optional<Offset> group_offset;
  std::string owner;  // the member that has it; empty: nobody, or not known

  // Of the input partition; nullopt: could not be asked.
  absl::optional<OffsetRange> input;
  absl::optional<Offset> input_stable;
  // Records that are committed and not folded in yet.
  absl::optional<uint64_t> lag;
  bool lag_counted = false;  // else `lag` is an upper bound

  std::vector<OpenTransaction> open;

  // Offsets of committed records, at most, where there is no checkpoint.
  uint64_t WaitingForState() const;

  // Records for each live one, a key's snapshot or a segment.
  double RecordsPerLive() const;
};

struct ApplicationStatus {
  absl::Time now;
  std::string bootstrap_servers;
  std::string application_id;  // empty: not known, nor is what hangs on it
  std::string input_topic;
  std::string results_topic;
  absl::Duration transaction_timeout = absl::Seconds(15);
  bool start_is_committed = true;          // input.start, unless known better
  absl::optional<uint64_t> max_lag;        // of a partition: more is a trouble
  absl::optional<GroupDescription> group;  // nullopt: could not be asked
  std::vector<PartitionStatus> partitions;
  // What could not be asked, and why: a line each.
  std::vector<std::string> unseen;
};

struct Trouble {
  absl::optional<Partition> partition;  // nullopt: of the application
  std::string text;                     // what and where
  std::string mend;  // the way out: commands, or what to do; a line each
  // A start would refuse the state.
  bool fatal = false;
};

// What is not well, the worst first.
std::vector<Trouble> TroublesOf(const ApplicationStatus& status);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_CLUSTER_STATUS_H_

// Brings dead letters back to the input, each at most once, whatever happens to
// the process that does it.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/scan.h"

namespace exactmean {

struct RedriveRequest {
  std::string application;
  std::string input_topic;
  int32_t input_partitions = 0;
  std::vector<Partition> partitions;  // of the dead letters
  LetterFilter filter;
  int max_attempts = 3;
  size_t limit = 0;  // so many at most; 0: all
};

// What becomes of the dead letters of a partition.
struct PartitionRedrive {
  Partition partition;
  std::vector<Offset> letters;  // to be redriven, ascending
  uint64_t redriven = 0;        // before, by another run
  uint64_t read_again = 0;      // since: by a rewind, or after a crash
  uint64_t not_meant = 0;       // by filter or limit; not agreed to
  uint64_t given_up = 0;        // have had too many attempts
  uint64_t other_input = 0;     // not of the input that there is now
  uint64_t foreign = 0;         // no dead letters of the application
  uint64_t done = 0;            // redriven by this run
  // What follows cannot be read, and so is not planned: a transaction is open.
  absl::optional<Offset> open_from;
};

// The transaction of a redrive: Destination::kResults leads to the input,
// kDeadLetters to the dead letters. Under one id for an application, so that a
// second redrive fences the first.
std::string RedriverOf(const std::string& application);

// In the order of its functions. Each transaction holds some records for the
// input and, in the partition where their dead letters lie, a mark of them; so
// the marks that can be read tell what was redriven, and a run that was killed
// is gone on with by another one.
class Redrive {
 public:
  // All outlive this object. `letters` reads committed.
  Redrive(RedriveRequest request, TopicReader* letters, ScanOptions options)
      : request_(std::move(request)), letters_(letters), options_(options) {}

  // Reads; writes nothing. To be shown: open transactions may hide marks, that
  // of a redrive that was killed, say.
  absl::Status Plan();
  const std::vector<PartitionRedrive>& plan() const { return plan_; }

  // Opens `transaction`, which ends what an earlier redrive left open, plans
  // anew, and writes what is still to be redriven of the plan that was shown.
  // kUnavailable: somebody else's open transaction may hide marks. An error
  // ends it; what was committed before stands, and another run goes on after
  // it.
  absl::Status Execute(Transaction* transaction);
  uint64_t done() const;  // dead letters redriven

 private:
  using Plans = std::vector<PartitionRedrive>;

  PartitionRedrive PlanOne(Partition partition,
                           const PartitionLetters& letters) const;
  absl::StatusOr<LetterIndex> Read() const;
  Plans PlanAll(const LetterIndex& index) const;
  absl::Status PlanAgain();
  absl::Status RedrivePartition(PartitionRedrive* one,
                                Transaction* transaction);
  absl::Status Write(const LogRecord& letter, Transaction* transaction);
  absl::Status Commit(PartitionRedrive* one, Transaction* transaction);
  absl::Status Abort(const absl::Status& why, Transaction* transaction);

  const RedriveRequest request_;
  TopicReader* const letters_;
  const ScanOptions options_;
  Plans plan_;

  // The transaction at hand.
  std::vector<Offset> written_;
  size_t bytes_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_REDRIVE_H_

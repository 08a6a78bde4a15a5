// TopicReader, and so ResultsLog, over a FakeCluster.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_RESULTS_LOG_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_RESULTS_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/fake_log/record_batch.h"

namespace exactmean {

// Reads a topic of the cluster. A position below the log's first record, as
// records were deleted meanwhile, is reported by Read as kOutOfRange.
class FakeResultsLog : public TopicReader {
 public:
  struct Options {
    std::string topic;
    size_t max_read_records = 500;
  };

  // `cluster` and `plan` must outlive this object.
  FakeResultsLog(FakeCluster* cluster, FaultPlan* plan, Options options)
      : cluster_(cluster), plan_(plan), options_(std::move(options)) {}

  absl::StatusOr<Offset> EndOffset(Partition partition) override;
  absl::Status Open(Partition partition) override;
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override;
  Offset Position(Partition partition) override;
  void Close(Partition partition) override;
  absl::StatusOr<TopicIdentity> Describe() override;

  // To the plan Range is an EndOffset and OpenAt an Open.
  absl::StatusOr<OffsetRange> Range(Partition partition) override;
  absl::Status OpenAt(Partition partition, Offset from) override;

  // These are no calls of the processor: the plan does not know them.
  absl::StatusOr<Offset> StableEnd(Partition partition) override;
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override;
  absl::StatusOr<int32_t> PartitionCount() override;

 private:
  struct Reader {
    FakePartition* log = nullptr;
    Offset position;
  };

  absl::StatusOr<absl::Span<const LogRecord>> DoRead();

  FakeCluster* const cluster_;
  FaultPlan* const plan_;
  const Options options_;

  std::map<Partition, Reader> readers_;
  RecordBatch batch_;
  // Positions after the batch: taken over once it is delivered.
  std::vector<std::pair<Partition, Offset>> positions_;
  size_t turn_ = 0;  // which partition Read begins with
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_RESULTS_LOG_H_

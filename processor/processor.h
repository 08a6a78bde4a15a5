// One worker: polls, folds, restores and commits, in one loop on one thread.

#ifndef EXACTMEAN_PROCESSOR_PROCESSOR_H_
#define EXACTMEAN_PROCESSOR_PROCESSOR_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/bounded_run.h"
#include "processor/clock.h"
#include "processor/commit_policy.h"
#include "processor/committer.h"
#include "processor/input_position.h"
#include "processor/log.h"
#include "processor/partition_task.h"
#include "processor/record_handler.h"
#include "processor/record_retry.h"
#include "processor/restorer.h"
#include "processor/retry.h"
#include "processor/retry_topic/retry_topics.h"
#include "processor/topic_reader.h"
#include "processor/topic_watch.h"
#include "state/partition_state.h"

namespace exactmean {

struct ProcessorOptions {
  std::string results_topic;  // its name, for messages
  CommitPolicy commit_policy;
  CommitOptions commit;
  RestoreOptions restore;
  // After that many commits in a row that failed, stop and say why: an error
  // that comes back each time would be tried for ever.
  int max_failures = 20;
  // Between two transactions. The coordinator answers first and writes the
  // markers of the last one then; to one that begins meanwhile it says
  // CONCURRENT_TRANSACTIONS, upon which librdkafka waits for 20 ms
  // (rdkafka_txnmgr.c, AddPartitionsToTxn).
  absl::Duration markers_time = absl::Milliseconds(4);
  // How long brokers may not answer before the process gives up; no call is
  // repeated for longer.
  absl::Duration unreachable_deadline = absl::Seconds(60);
  // Fenced again within this time: another process has the same identity, and
  // the two would fence each other for ever.
  absl::Duration fenced_again_within = absl::Seconds(60);
  // A partition whose dead letters wait for a commit with more than this, in
  // memory, has one due; with four times as much it is not read on.
  size_t diverted_bytes = 16 << 20;
  // Partitions are read one after the other, so that the first run long before
  // the last are restored. The next begins when no more records than these are
  // left of those before it, so that there is always something to read; and at
  // once if it has no more itself.
  int64_t restore_overlap = 20'000;
  // A run over a part of the input: where it ends, each partition by itself.
  absl::optional<InputPosition> end;
  // Of records that the step cannot tell of for now.
  RetryPolicy retry;
  // With a step, which may block, a turn handles no further record after this:
  // the group and the commit wait for it.
  absl::Duration longest_fold = absl::Seconds(1);
};

// Counters since the start, for the status line.
struct ProcessorStats {
  uint64_t records = 0;
  uint64_t commits = 0;
  uint64_t aborts = 0;
  uint64_t recoveries = 0;  // restores of all: an outcome or a loss to settle
};

// Owner of its tasks, and of the decisions to pause, seek, commit and recover.
// Lives on one thread, that of RunOnce. An error that RunOnce returns is final:
// destroy it, and what it works with; nothing that was not committed counts.
class Processor : public AssignmentListener {
 public:
  // All outlive this object. `retry_topics`: one for each of options.retry's.
  Processor(const Pipeline* pipeline, InputLog* input, ResultsLog* results,
            Transaction* transaction, RecordHandler* handler, Clock* clock,
            ProcessorOptions options,
            absl::Span<TopicReader* const> retry_topics = {});

  // One turn: poll, fold, steps of restores, a commit if due. Returns within
  // about the commit interval, or 100 ms, if brokers answer. The first turns
  // open the producer, fencing a predecessor, then join the group: by the time
  // partitions are assigned nothing of ours is undecided any more.
  absl::Status RunOnce();

  // Is it a run over a part of the input?
  bool bounded() const { return bounds_.has_value(); }
  // The run has come to the end of all partitions, those of other processes,
  // too, and that is committed; false as long as this one has none.
  bool finished() const;

  // Commits what is there (not after an error) and leaves the group.
  absl::Status Shutdown();

  void OnAssigned(absl::Span<const Partition> partitions) override;
  void OnRevoked(absl::Span<const Partition> partitions) override;
  void OnLost(absl::Span<const Partition> partitions) override;

  const std::map<Partition, std::unique_ptr<PartitionTask>>& tasks() const {
    return tasks_;
  }
  ProcessorStats stats() const;

 private:
  // The partition is not ours any more.
  void Forget(Partition partition);
  static absl::Status Fenced(const absl::Status& why);
  absl::Status OpenProducer();
  absl::Status Join();
  absl::Status Turn();
  absl::Status Refused(const absl::Status& why);
  absl::Status RestoreForDeletion(const absl::Status& found);
  absl::Duration PollTimeout();
  // Of kExpectedTogether records at most: their keys' state is all over memory.
  static constexpr size_t kExpectedTogether = 16;
  void Expect(absl::Span<const LogRecord> next);
  absl::Status FoldBatch(absl::Span<const LogRecord> batch);
  absl::Status HandleRecord(const LogRecord& record, PartitionTask* task);
  absl::Status AfterVainTry(const LogRecord& record, const absl::Status& why,
                            PartitionTask* task);
  absl::Duration TimeToRetry() const;
  absl::Status StepRestores();
  // Of those that wait for their turn to read, or of all others.
  absl::Status StepRestores(bool waiting);
  absl::Status StepRetryTopics();
  absl::Status BeginRetries();
  absl::Status HandleDue(absl::Time end, PartitionTask* task);
  // `idle`: the last poll brought nothing.
  absl::Status StepBounds(bool idle);
  absl::Status FindEnd(PartitionTask* task);
  static void End(PartitionTask* task);
  absl::Status LookAtOthers();
  bool own_done() const;
  absl::Status ReadResults();
  bool may_read(const Restorer& restorer, absl::Time now) const;
  absl::Status StopAt(const absl::Status& record_error);
  absl::Status CommitIfDue();
  absl::Status Commit();
  // Goes on with a commit that is under way.
  absl::Status ContinueCommit();
  // Without transactions: has anybody else written to our results?
  absl::Status CheckSoleWriter();
  // Waits for what is under way.
  absl::Status FinishCommit();
  // Before partitions are given up.
  absl::Status CommitLast();
  absl::Duration TimeOfCommit() const;
  // `time`: how long the commit took.
  absl::Status AfterCommit(const absl::Status& outcome, absl::Duration time);
  absl::Status Recover();
  // Are the input and the results topic still the ones that were opened? Asked
  // now, or if a second has passed since.
  enum class Ask { kNow, kIfDue };
  absl::Status CheckTopics(Ask when);
  absl::Status ExplainMissing(const absl::Status& status);
  absl::Status ReconcileFlow();
  absl::Status Tolerate(const absl::Status& met);
  bool may_commit(const PartitionTask& task) const;
  bool anything_restoring() const;
  bool anything_changed() const;
  bool held_back() const;
  bool must_flow(const PartitionTask& task) const;
  bool told(const PartitionTask& task) const;
  bool anything_untold() const;
  bool diverted_due() const;

  const Pipeline* const pipeline_;
  InputLog* const input_;
  ResultsLog* const results_;
  Transaction* const transaction_;
  RecordHandler* const handler_;
  Clock* const clock_;
  const ProcessorOptions options_;
  Committer committer_;
  const absl::Duration missing_patience_;
  TopicWatch input_watch_;
  TopicWatch results_watch_;
  absl::optional<BoundedRun> bounds_;
  RetryTopics retry_topics_;
  bool others_done_ = false;
  absl::Time others_due_ = absl::InfinitePast();

  std::map<Partition, std::unique_ptr<PartitionTask>> tasks_;
  absl::Status listener_error_;  // what a callback could not return
  bool joined_ = false;
  bool failed_ = false;  // an error was returned: commit nothing more

  Partition last_stepped_{-1};  // the next turn goes on after it
  bool results_flow_ = false;   // the last turn has read some, to restore
  Partition last_retried_{-1};  // likewise
  Partition last_begun_{-1};    // likewise
  bool more_due_ = false;       // than the last turn has handled

  absl::Time last_commit_;  // when it began
  uint64_t records_since_commit_ = 0;
  uint64_t records_in_commit_ = 0;  // the last one begun
  int failures_in_row_ = 0;
  Backoff failure_backoff_;
  absl::Time not_before_;  // no commit until then
  bool must_recover_ = false;
  absl::Time sole_writer_due_ = absl::InfinitePast();
  // By CheckSoleWriter; the next goes on after it.
  Partition last_looked_at_{-1};
  absl::Time last_fenced_ = absl::InfinitePast();
  absl::Time turn_began_;
  absl::Time trouble_since_ = absl::InfiniteFuture();
  absl::Time missing_since_ = absl::InfiniteFuture();
  uint64_t records_ = 0;
  uint64_t recoveries_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_PROCESSOR_H_

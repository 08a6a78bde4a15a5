// The loop: from the results topic into the table.

#ifndef EXACTMEAN_TOOLS_SINK_SINK_H_
#define EXACTMEAN_TOOLS_SINK_SINK_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/clock.h"
#include "processor/retry.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/sink/batch.h"
#include "tools/sink/row.h"
#include "tools/sink/table.h"

namespace exactmean {

struct SinkOptions {
  std::string topic;
  // Until the ends as of the start; else until it is told to stop.
  bool once = false;
  // Keys a transaction, about; and how long a change waits for others.
  size_t batch_keys = 10000;
  absl::Duration batch_time = absl::Milliseconds(500);
  absl::Duration status_every = absl::Seconds(5);
  // How long trouble may last: infinite, for ever.
  absl::Duration unreachable_deadline = absl::InfiniteDuration();
  // How long the topic's tombstones live at least.
  std::function<absl::StatusOr<absl::Duration>()> delete_retention;
  // The time of day.
  std::function<absl::Time()> now;
};

// Reads committed records and writes them batch by batch. Trouble that may pass
// ends the reading, so that nothing piles up; then it starts from the stored
// positions again, as a new process would: there is no other way to go on. All
// objects outlive this one. One thread, but for `stop`.
class Sink {
 public:
  Sink(SinkOptions options, TopicReader* reader, SinkTable* table, Clock* clock,
       const std::atomic<bool>* stop)
      : options_(std::move(options)),
        reader_(reader),
        table_(table),
        clock_(clock),
        stop_(stop),
        look_every_(std::min(options_.status_every, absl::Seconds(5))),
        backoff_(absl::Milliseconds(100), absl::Seconds(10)) {}

  // OK: it was told to stop, or, of `once`, is done. Else a Stop.
  absl::Status Run();

  // Keys written or deleted since the start.
  uint64_t written() const { return written_; }

 private:
  absl::Status RunUntilTrouble();
  absl::StatusOr<SourceTopic> LookAtTopic();
  absl::Status Resume();
  void CloseAll();

  // Of any checkpoint that there is.
  absl::Status FindWindows(const SourceTopic& topic);
  absl::Status TakeCheckpoint(const LogRecord& record);
  absl::Status Doubt(const LogRecord& record, const absl::Status& why);
  // kDataLoss: one that is none is its partition's newest.
  absl::Status CheckCheckpoints();
  absl::Status Accept(const LogRecord& record);
  absl::Status ReadSome();
  bool IsDue() const;
  absl::Status Flush();

  // Is it still the same topic, and how far behind are we? kUnavailable: the
  // brokers do not answer.
  absl::Status LookAround();
  void SayStatus();
  bool IsDone();

  // All is well: whatever trouble there was is over.
  void Recover();
  // Is it no error for who was asked to end?
  static bool IsPassing(const absl::Status& trouble);
  // Waits; OK: try again.
  absl::Status Endure(const absl::Status& trouble);
  absl::Status Failure(const absl::Status& status) const;

  const SinkOptions options_;
  TopicReader* const reader_;
  SinkTable* const table_;
  Clock* const clock_;
  const std::atomic<bool>* const stop_;
  const absl::Duration look_every_;

  absl::optional<Windows> windows_;  // once a checkpoint has named them
  absl::optional<std::map<Partition, Offset>> ends_;  // of `once`
  std::string topic_id_;
  // What should be a checkpoint and is none, and where its partition ended
  // then: it does not matter if a good one follows.
  struct BadCheckpoint {
    absl::Status why;
    Offset end;
  };
  std::map<Partition, BadCheckpoint> bad_checkpoints_;
  std::map<Partition, Offset> open_;    // from where
  std::map<Partition, Offset> stored_;  // positions
  Batch batch_;
  absl::Time batch_began_;  // when it ceased to be empty
  // Stable ends, and when they were asked for: who gets there has read all that
  // was committed then.
  struct Goal {
    Offset end;
    absl::Time asked;
  };
  std::map<Partition, Goal> goals_;
  std::map<Partition, Offset> ends_now_;  // as last asked for
  absl::Time stored_at_ = absl::InfinitePast();
  // How often it is stored that nothing is missing.
  absl::Duration caught_up_every_;
  absl::Time looked_ = absl::InfinitePast();
  absl::Time said_ = absl::InfinitePast();
  uint64_t written_ = 0;
  uint64_t said_written_ = 0;

  Backoff backoff_;
  absl::optional<absl::Time> trouble_since_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SINK_H_

// What the conformance suite needs of a Kafka, be it in memory or real.

#ifndef EXACTMEAN_TESTS_CONFORMANCE_LOG_WORLD_H_
#define EXACTMEAN_TESTS_CONFORMANCE_LOG_WORLD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "processor/topic_reader.h"
#include "state/types.h"

namespace exactmean {

// A transaction of somebody else: the tests' means to make open, aborted and
// committed records. Destroying it leaves it as it is.
class ForeignTransaction {
 public:
  virtual ~ForeignTransaction() = default;
  // Waits until the record is in the log; returns its offset.
  virtual Offset Write(const std::string& topic, Partition partition,
                       absl::string_view key, absl::string_view value) = 0;
  // Both wait until the markers are in the log.
  virtual void Commit() = 0;
  virtual void Abort() = 0;
};

// A request to commit that a producer has sent, on its way.
class CommitRequest {
 public:
  virtual ~CommitRequest() = default;
  // It reaches the coordinator: the answer, as Transaction::Commit would have
  // it. Again: it was sent more than once.
  virtual absl::Status Arrive() = 0;
};

// What is to become of tombstones, and of markers, that compaction finds.
enum class Tombstones { kKept, kDropped };

// The key of the records that Compact writes.
constexpr char kRollKey[] = "roll";

// Makes logs under test and acts upon what they read. One thread. A failure of
// the world itself fails the test.
class LogWorld {
 public:
  struct Member {
    std::string topic;
    std::string group;
    std::string client;    // unique within the test
    std::string instance;  // empty: a dynamic member
    bool cooperative = false;
    // Whether Forget will be called for it.
    bool forgettable = false;
  };
  struct Writer {
    std::string id;
    std::string input_topic;
    std::string results_topic;
    std::string updates_topic;
    std::string dead_letter_topic;
    std::vector<std::string> retry_topics;
    absl::Duration timeout = absl::Seconds(10);
    bool transactional = true;
  };

  virtual ~LogWorld() = default;

  // A name no other test uses.
  virtual std::string Unique(absl::string_view stem) = 0;
  virtual void CreateTopic(const std::string& name, int32_t partitions) = 0;
  // Deletes it and makes another of its name.
  virtual void RecreateTopic(const std::string& name, int32_t partitions) = 0;

  virtual std::unique_ptr<InputLog> NewInput(const Member& member) = 0;
  virtual std::unique_ptr<TopicReader> NewResults(const std::string& topic) = 0;
  virtual std::unique_ptr<Transaction> NewTransaction(const Writer& writer) = 0;

  // A plain record, in the log on return; returns its offset.
  virtual Offset Produce(const std::string& topic, Partition partition,
                         absl::optional<absl::string_view> key,
                         absl::optional<absl::string_view> value,
                         int64_t timestamp_ms) = 0;
  // Plain records, all alike, in the log on return.
  virtual void ProduceMany(const std::string& topic, Partition partition,
                           int count) = 0;
  virtual std::unique_ptr<ForeignTransaction> BeginForeign() = 0;
  // As the producer that works under the id now would send it. REQUIRES: the
  // id's last NewTransaction still exists.
  virtual std::unique_ptr<CommitRequest> RequestCommit(
      const std::string& transactional_id) = 0;
  // From now on the topic is one for Compact.
  virtual void MakeCompacted(const std::string& topic,
                             Tombstones tombstones) = 0;
  // Writes a record with the key kRollKey, and has compaction work on all
  // before it. Once may not be enough: ask Eventually.
  virtual void Compact(const std::string& topic, Partition partition) = 0;
  virtual void DeleteRecordsBefore(const std::string& topic,
                                   Partition partition, Offset offset) = 0;

  // Makes the group forget a member that is not polled any more. REQUIRES:
  // forgettable.
  virtual void Forget(const Member& member) = 0;
  // Lets so much of the broker's time pass.
  virtual void Pass(absl::Duration duration) = 0;
  // Tries until the condition holds or the deadline is over; whether it does.
  virtual bool Eventually(const std::function<bool()>& condition) = 0;
  // How long to look before believing that something does not happen.
  virtual absl::Duration quiet() const = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CONFORMANCE_LOG_WORLD_H_

// What a group member holds, as told by librdkafka's rebalance callback.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_MEMBERSHIP_H_
#define EXACTMEAN_PROCESSOR_KAFKA_MEMBERSHIP_H_

#include <librdkafka/rdkafka.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "processor/kafka/handles.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// The source of truth of which partitions are held and which of them flow, and
// the opaque of the consumer's callbacks. Serves both rebalance protocols. The
// callbacks run on the thread that polls; their errors are kept for TakeError:
// nothing may be thrown or returned through librdkafka's frames.
class Membership {
 public:
  explicit Membership(std::string topic) : topic_(std::move(topic)) {}
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

  // Makes the callbacks of `conf` this object's.
  static void Install(rd_kafka_conf_t* conf);

  // Null: nobody is told.
  void set_listener(AssignmentListener* listener) { listener_ = listener; }
  // From now on nothing new is taken.
  void set_closing() { closing_ = true; }

  bool held(Partition partition) const {
    return StateOf(partition) != State::kNone;
  }
  bool flows(Partition partition) const {
    return StateOf(partition) == State::kFlowing;
  }
  // REQUIRES: held.
  void set_flows(Partition partition, bool flows);

  // What the client has told of offsets that it commits in time: how far they
  // are, and the first error since this was last taken.
  bool IsCommitted(Partition partition, Offset next) const;
  absl::Status TakeCommitError();

  // Keeps the first error until it is taken.
  void AddError(const absl::Status& error);
  absl::Status TakeError();

  // Tells the listener that everything held is lost.
  void LoseAll();

  // A list for librdkafka of partitions of the topic, all at `offset`.
  PartitionListHandle ListOf(absl::Span<const Partition> partitions,
                             Offset offset = Offset(0)) const;

 private:
  enum class State : char { kNone, kPaused, kFlowing };

  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event,
                          rd_kafka_topic_partition_list_t* partitions,
                          void* opaque);
  static void OnError(rd_kafka_t* client, int error, const char* text,
                      void* opaque);

  static void OnCommit(rd_kafka_t* client, rd_kafka_resp_err_t error,
                       rd_kafka_topic_partition_list_t* offsets, void* opaque);

  void Assign(rd_kafka_t* client, bool cooperative,
              const std::vector<Partition>& partitions);
  // So that they are not fetched when they are assigned. Records of those that
  // are nevertheless are dropped by Poll: they do not flow.
  void PauseUnassigned(rd_kafka_t* client,
                       rd_kafka_topic_partition_list_t* partitions) const;
  void Revoke(rd_kafka_t* client, bool cooperative,
              const std::vector<Partition>& partitions);
  State StateOf(Partition partition) const;
  void SetState(const std::vector<Partition>& partitions, State state);

  const std::string topic_;
  AssignmentListener* listener_ = nullptr;
  std::vector<State> states_;      // by partition
  std::vector<Offset> committed_;  // by partition, in time
  absl::Status commit_error_;
  absl::Status error_;
  bool closing_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_MEMBERSHIP_H_

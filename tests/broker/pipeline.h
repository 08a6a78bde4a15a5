// The shipped binary on a real Kafka, in topics of its own, with the model that
// says what the results must be.

#ifndef EXACTMEAN_TESTS_BROKER_PIPELINE_H_
#define EXACTMEAN_TESTS_BROKER_PIPELINE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "processor/bad_record_policy.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tests/broker/instance.h"
#include "tests/broker/kafka.h"
#include "tests/broker/shared_broker.h"
#include "tests/world/model.h"

namespace exactmean {

// Windows as the model has them: the last 3 values, and all of them. Commits
// every 20 ms.
class BrokerPipeline {
 public:
  // `name` is unique among the tests of the binary: application and topics are
  // named after it. `shared_input`, if given, is another pipeline's input, of
  // as many partitions, to be read instead of one of its own.
  BrokerPipeline(std::string name, int32_t partitions,
                 const std::string& shared_input = "");

  // Text-format configuration added to (or, for single fields, replacing) the
  // usual one.
  std::string extra_config;
  // That of the configuration, for the model.
  BadRecordPolicy on_bad_record = BadRecordPolicy::kSkip;
  // What Start starts.
  std::string binary = "processor/exactmean";
  // What an input record means; unless set, its value is a number.
  std::function<ModelRecord(const Record&)> meaning;
  ModelRecord ToModel(const Record& record) const;

  absl::StatusOr<std::unique_ptr<RunningInstance>> Start(
      const std::string& instance_id,
      const std::vector<std::string>& flags = {});

  // Appends records to random partitions: a few dozen keys, some deletions and
  // bad records (policy SKIP).
  absl::Status Produce(int n);
  // One record to a partition of choice.
  absl::Status ProduceOne(Partition partition, const std::string& key,
                          const std::string& value);

  // Produces while an instance is killed seven times, at random moments of its
  // work; the eighth runs on.
  absl::StatusOr<std::unique_ptr<RunningInstance>> ProduceThroughKills(
      const std::string& instance_id);

  // Every read-committed prefix of the results that ends with a transaction is
  // fold(n) of the input for the n of its checkpoint, and n never goes back.
  absl::Status CheckHistory();
  // CheckHistory, all input is folded in, and the group's offset is the
  // checkpoint's.
  absl::Status CheckDrained();
  // Waits until the group's offsets are the input's ends.
  absl::Status AwaitCaughtUp(absl::Duration patience = absl::Seconds(90));
  // AwaitCaughtUp, then CheckDrained.
  absl::Status AwaitDrained(absl::Duration patience = absl::Seconds(90));

  // The last committed one of a partition.
  absl::StatusOr<results::Checkpoint> Checkpoint(Partition partition);
  // Every live snapshot of the results topic, by key.
  absl::StatusOr<CommittedView> Snapshots();

  BrokerClient& client() { return *client_; }
  const std::string& application() const { return name_; }
  const std::string& input() const { return input_; }
  const std::string& results() const { return results_; }
  const std::string& config_path() const { return config_path_; }
  int32_t partitions() const { return partitions_; }
  std::mt19937_64& random() { return random_; }

 private:
  // OK when the group's offset of the partition is the input's end.
  absl::Status CheckCaughtUp(Partition partition);
  absl::Status ReadInput(std::vector<Model>* models);
  // Of one partition's committed results, in order.
  absl::Status CheckPartition(const Model& model,
                              const std::vector<const Record*>& results,
                              Offset* next);

  const std::string name_, input_, results_, config_path_;
  const int32_t partitions_;
  std::unique_ptr<BrokerClient> client_;
  std::unique_ptr<Writer> writer_;
  std::mt19937_64 random_{1};
  int starts_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BROKER_PIPELINE_H_

// A pipeline on trial: topics of its own on the user's cluster, random input,
// and processors that are struck down.

#ifndef EXACTMEAN_TESTS_SELFTEST_TRIAL_H_
#define EXACTMEAN_TESTS_SELFTEST_TRIAL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/clock.h"
#include "processor/config/settings.h"
#include "processor/kafka/admin.h"
#include "processor/log.h"
#include "proto/config.pb.h"
#include "state/partition_state.h"
#include "tests/broker/instance.h"
#include "tests/selftest/strike.h"
#include "tests/selftest/verdict.h"

namespace exactmean {

struct TrialOptions {
  config::Kafka kafka;    // the cluster
  std::string processor;  // the program to start: //tests/selftest:processor
  std::string directory;  // for configuration and logs
  std::string name;       // of application and topics; unique on the cluster
  int32_t partitions = 4;
  int replication_factor = -1;  // -1: the broker's default
  uint64_t keys = 200;
  uint64_t seed = 1;
  const std::atomic<bool>* interrupted = nullptr;  // ends every wait
};

// Owns the topics from SetUp to CleanUp. One thread. Errors of the cluster are
// those of processor/log.h; others are kInternal.
class Trial {
 public:
  static absl::StatusOr<std::unique_ptr<Trial>> Create(TrialOptions options);

  // Creates the topics.
  absl::Status SetUp();
  // Deletes topics and group; says what it could not delete.
  absl::Status CleanUp();

  // Writes `n` records in transactions, some of which abort: random keys, and
  // here and there a deletion or a bad record.
  absl::Status Write(int n);
  int64_t written() const { return written_; }  // those aborted included
  int64_t aborted() const { return aborted_; }

  absl::StatusOr<std::unique_ptr<RunningInstance>> Start(
      const std::string& instance_id, const absl::optional<Strike>& strike);

  // Writes a little every now and then, until `done` says so, an error comes
  // or `patience` is over.
  absl::Status WriteUntil(absl::FunctionRef<absl::StatusOr<bool>()> done,
                          absl::Duration patience, absl::string_view what);

  // Waits until every readable record lies before the group's offset.
  absl::Status AwaitDrained(absl::Duration patience);

  absl::StatusOr<Verdict> ReachVerdict();

 private:
  Trial(TrialOptions options, Settings settings);

  bool interrupted() const { return *options_.interrupted; }
  absl::StatusOr<bool> Drained();
  absl::StatusOr<std::vector<TrialRecord>> ReadAll(const std::string& topic);

  const TrialOptions options_;
  const Settings settings_;
  const Pipeline pipeline_;
  MonotonicClock clock_;
  std::unique_ptr<KafkaAdmin> admin_;
  std::unique_ptr<Transaction> writer_;
  std::unique_ptr<InputLog> group_;  // asked for offsets, never subscribed
  std::mt19937_64 random_;
  int64_t written_ = 0;
  int64_t aborted_ = 0;
  int starts_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SELFTEST_TRIAL_H_

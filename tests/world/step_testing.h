// What the tests of a pipeline's step share: a world with one that can be told
// what to say.

#ifndef EXACTMEAN_TESTS_WORLD_STEP_TESTING_H_
#define EXACTMEAN_TESTS_WORLD_STEP_TESTING_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/world/function_step.h"
#include "tests/world/world.h"

namespace exactmean {

constexpr Partition kStuck(0);
constexpr Partition kOther(1);

// One vain try, and then two topics.
inline RetryPolicy TwoTopics() {
  RetryPolicy retry;
  retry.max_tries = 1;
  retry.give_up = RetryPolicy::GiveUp::kRetryTopic;
  retry.topics = {{"soon", absl::Seconds(1)}, {"later", absl::Seconds(10)}};
  return retry;
}

// Of records of the key "stuck" the step says `answer_`, while that is an
// error; of "fatal" and "refused" what they are called after; "skip" it lets
// go by.
class StepTest : public ::testing::Test {
 protected:
  void MakeWorld(RetryPolicy retry = RetryPolicy(),
                 BadRecordPolicy on_bad = BadRecordPolicy::kSkip,
                 DeliveryMode mode = DeliveryMode::kExactlyOnce) {
    a_.reset();  // before its world
    WorldOptions options;
    options.partitions = 2;
    options.retry = retry;
    options.on_bad_record = on_bad;
    options.promise = mode;
    if (!retry.topics.empty()) options.spec = AnyOrder();
    options.step = [this](const InstanceOptions&) {
      return std::make_unique<FunctionStep>(
          [this](const StepRecord& record) { return Apply(record); });
    };
    world_ = std::make_unique<World>(options);
    a_ = world_->Make(Of(mode));
  }
  static InstanceOptions Of(DeliveryMode mode) {
    InstanceOptions options;
    options.delivery.mode = mode;
    return options;
  }

  absl::StatusOr<absl::optional<Sample>> Apply(const StepRecord& record) {
    ++asked_[{record.partition, record.offset}];
    world_->Advance(takes_);
    if (record.key == "stuck" && !answer_.ok()) return answer_;
    if (record.key == "fatal") return absl::DataLossError("it is broken");
    if (record.key == "refused") return absl::InvalidArgumentError("not you");
    if (record.key == "skip") return absl::nullopt;
    if (!record.decoded.ok()) return record.decoded.status();
    return *record.decoded;
  }

  void Append(Partition partition, const std::string& key,
              ModelRecord::Kind kind = ModelRecord::Kind::kValue) {
    ModelRecord record = ToModelRecord(key, absl::StrCat(++values_), 1000);
    record.kind = kind;
    world_->Append(partition, record);
  }
  // Records before and after one that is stuck, and in the other partition.
  void AppendAll() {
    for (int i = 0; i < 30; ++i) {
      Append(kStuck, i == 10 ? "stuck" : "key");
      Append(kOther, "key");
    }
  }
  // Turns of `instance`; the promise holds after each.
  absl::Status Turns(Instance* instance, int n) {
    for (int i = 0; i < n; ++i) {
      absl::Status status = instance->Turn();
      if (status.ok()) status = world_->Check();
      if (!status.ok()) return status;
      world_->Advance(absl::Milliseconds(50));
    }
    return absl::OkStatus();
  }
  Offset Committed(Partition partition) {
    return world_->group().Committed(partition).value().value_or(Offset(-1));
  }
  const RecordRetry& RetryOf(Instance* instance) {
    return instance->processor->tasks().at(kStuck)->retry;
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Instance> a_;
  absl::Status answer_ = absl::UnavailableError("the rates are down");
  absl::Duration takes_;
  std::map<std::pair<Partition, Offset>, int> asked_;
  int values_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_STEP_TESTING_H_

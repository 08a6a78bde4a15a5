// What stands between a simulated processor and its logs: it follows the calls
// and, under a mutation, commits the sin.

#ifndef EXACTMEAN_TESTS_SIMULATION_PROBE_H_
#define EXACTMEAN_TESTS_SIMULATION_PROBE_H_

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_transaction.h"
#include "tests/simulation/event.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/phase.h"
#include "tests/world/world.h"

namespace exactmean {

class ResultsProbe;

struct ProbeHooks {
  FakeCluster* cluster = nullptr;
  Mutation mutation = Mutation::kNone;
  // A call has returned.
  std::function<void(SeamCall, absl::optional<Partition>, const absl::Status&)>
      on_return;
  // Can the step not tell of the record now? Null: there is no step.
  std::function<bool(Partition, Offset)> step_is_down;
  // What an answer on the record takes, and what lies between two tries at the
  // least. Set if step_is_down is.
  std::function<absl::Duration(Partition, Offset)> step_takes;
  absl::Duration least_wait;
  // Is the process the partition's owner? One that has lost it asks of what its
  // successor has sent to a retry topic, too. Set likewise.
  std::function<bool(Partition)> owns;
  // Of the kinds that are observed.
  std::function<void(EventKind)> on_event;
};

// Of one processor, which it outlives.
class Probe : public LogDecorator {
 public:
  explicit Probe(ProbeHooks hooks) : hooks_(std::move(hooks)) {}
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  std::unique_ptr<InputLog> Wrap(std::unique_ptr<InputLog> log) override;
  std::unique_ptr<ResultsLog> Wrap(std::unique_ptr<ResultsLog> log) override;
  std::unique_ptr<Transaction> Wrap(
      std::unique_ptr<Transaction> transaction) override;
  std::unique_ptr<TopicReader> WrapRetries(
      std::unique_ptr<TopicReader> log) override;

  PhaseTracker& tracker() { return tracker_; }

  // How often the step was asked of the record at `offset` since the partition
  // was last forgotten.
  int Asked(Partition partition, Offset offset) const;
  void ForgetAsked(Partition partition) { asked_.erase(partition); }
  // Was it ever asked again before its time?
  bool asked_too_soon() const { return asked_too_soon_; }
  // The producer of now. REQUIRES: a transactional one.
  const FakeProducer& producer() const { return transaction_->producer(); }

  // --- For what it wraps with.

  const ProbeHooks& hooks() const { return hooks_; }
  ResultsProbe* results() const { return results_; }
  void CountAsked(Partition partition, Offset offset);
  bool sins(Mutation mutation) const { return hooks_.mutation == mutation; }
  // Makes the call, followed.
  template <typename Effect>
  auto Call(SeamCall call, absl::optional<Partition> partition, Effect effect)
      -> decltype(effect()) {
    tracker_.Enter(call, partition);
    auto result = effect();
    const absl::Status status = StatusOf(result);
    tracker_.Leave(status.code());
    hooks_.on_return(call, partition, status);
    return result;
  }

 private:
  static const absl::Status& StatusOf(const absl::Status& status) {
    return status;
  }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  const ProbeHooks hooks_;
  PhaseTracker tracker_;
  FakeTransaction* transaction_ = nullptr;  // null: without transactions
  ResultsProbe* results_ = nullptr;
  struct Question {
    int times = 0;
    absl::Time last;
  };
  std::map<Partition, std::map<Offset, Question>> asked_;
  bool asked_too_soon_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_PROBE_H_

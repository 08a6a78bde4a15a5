// One run of a simulated world: the processors that ship, on a cluster in
// memory, through a schedule and to rest, watched by the model.

#ifndef EXACTMEAN_TESTS_SIMULATION_SIMULATION_H_
#define EXACTMEAN_TESTS_SIMULATION_SIMULATION_H_

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/simulation/configuration.h"
#include "tests/simulation/coverage.h"
#include "tests/simulation/event.h"
#include "tests/simulation/mutation.h"
#include "tests/simulation/probe.h"
#include "tests/world/world.h"

namespace exactmean {

// Single-threaded, without real time, deterministic: equal configuration,
// schedule and mutation make an equal run. Used once.
class Simulation {
 public:
  // All outlive this object. `trace`, unless null, is told what happens, a line
  // each.
  Simulation(const Configuration& configuration, const Schedule& schedule,
             Mutation mutation, std::vector<std::string>* trace);

  // The promise holds after every step; then all trouble ends, and within a
  // bounded virtual time everything is folded in. kInternal: the promise was
  // broken, or a processor stopped for a reason that was not given.
  // kDeadlineExceeded: the world came not to rest.
  absl::Status Run();

  const Coverage& coverage() const { return coverage_; }

 private:
  struct Armed {
    Event event;
    int64_t due;   // which call of its kind
    int64_t left;  // how many more it meets
  };
  // A processor in its slot.
  struct Actor {
    Actor(int actor_slot, ProbeHooks hooks)
        : slot(actor_slot), probe(std::move(hooks)) {}
    const int slot;
    Probe probe;
    std::unique_ptr<Instance> instance;  // uses the probe
    std::vector<Armed> armed;
    absl::Time cut_off_until = absl::InfinitePast();
    bool busy = false;  // one of its calls is on the stack
  };
  struct Late {
    FakeProducer producer;  // its request to commit is under way
  };

  // --- simulation.cc
  void RunEvents(size_t end);
  void Apply(const Event& event);
  void ApplyToProcess(const Event& event);
  void ApplyToCluster(const Event& event);
  void ApplyToTopics(const Event& event);
  void Produce(int64_t records, uint64_t seed, ForeignWriter* foreign);
  ModelRecord RandomRecord(Dice* dice);
  void Reassign(uint64_t seed);
  bool ShareAName() const;
  void DeleteOffset(Partition partition);
  void AfterStep();
  void Check();
  void Fail(const absl::Status& status);
  void Note(absl::string_view text);

  // --- simulation_processes.cc
  void Start(int slot);
  void Turns(int slot, int64_t turns, absl::Duration apart);
  void Stop(int slot);
  void Kill(int slot);
  // Its process is over, with this status.
  void End(int slot, const absl::Status& status);
  void Arm(const Event& written);
  WorldOptions WithStep(WorldOptions options);
  void AddStep(int slot, ProbeHooks* hooks);
  void CheckTries(Actor* actor);
  Fault ChooseFault(Actor* actor, SeamCall call);
  Fault FaultOf(Actor* actor, const Event& event);
  void Pause(Actor* actor, int64_t events);
  void OnReturn(const Actor& actor, SeamCall call,
                absl::optional<Partition> partition,
                const absl::Status& status);
  PhaseSet PhasesOfAll() const;

  // --- simulation_heal.cc
  void Heal();
  void EndTrouble();
  // Everybody runs, and who ends is started again up to `restarts` times, until
  // everything is folded in.
  void Settle(int instances, int restarts);
  void TurnOfAll(int instances, int* restarts);
  // Brings about the rebalance that Kafka owes.
  void FindOwners();
  void StopAll();
  void CheckBytes();

  const Configuration& configuration_;
  const Schedule& schedule_;
  const Mutation mutation_;
  std::vector<std::string>* const trace_;

  World world_;
  Coverage coverage_;
  absl::Status status_;
  std::array<std::unique_ptr<Actor>, kSlots> actors_;
  std::array<bool, kNames> had_twin_{};
  size_t next_ = 0;  // event
  int depth_ = 0;    // of pauses
  bool healing_ = false;
  absl::Time owned_at_;  // when all partitions were, healing
  int64_t event_clock_ms_ = 1000000;
  std::deque<ForeignWriter> foreign_;
  std::deque<Late> late_;
  absl::Time group_away_until_ = absl::InfinitePast();
  absl::Time transactions_away_until_ = absl::InfinitePast();
  absl::Time offsets_missing_until_ = absl::InfinitePast();
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_SIMULATION_H_

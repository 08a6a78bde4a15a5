// How a simulated application is configured, chosen by the seed.

#ifndef EXACTMEAN_TESTS_SIMULATION_CONFIGURATION_H_
#define EXACTMEAN_TESTS_SIMULATION_CONFIGURATION_H_

#include <cstdint>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "state/types.h"
#include "tests/world/world.h"

namespace exactmean {

// One random source for everything: the same on every machine, which the
// distributions of the standard library are not.
class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  // From 0 to `n` - 1.
  int64_t Below(int64_t n) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(n));
  }
  int64_t Between(int64_t least, int64_t most) {
    return least + Below(most - least + 1);
  }
  bool OneIn(int64_t n) { return Below(n) == 0; }
  template <typename T, size_t n>
  T Of(const T (&choices)[n]) {
    return choices[Below(static_cast<int64_t>(n))];
  }
  uint64_t Seed() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// Which records are hard for the step, and when it cannot tell of those: a
// function of the virtual time alone.
struct StepTrouble {
  int one_in = 0;  // records; 0: the pipeline has no step
  absl::Duration period = absl::Seconds(1);
  absl::Duration takes;  // for an answer on such a record

  // Is it one of those?
  bool IsHard(Partition partition, Offset offset) const;
  bool IsDown(Partition partition, Offset offset, absl::Time now) const;
};

struct Configuration {
  WorldOptions world;
  InstanceOptions instance;  // but for name and decorator
  int instances = 1;         // that run when all is well
  int keys = 1;
  StepTrouble step;

  bool transactional() const { return instance.delivery.transactional(); }
  std::string ToString() const;
};

// Every other million of seeds is of the modes without transactions.
constexpr uint64_t kPlainSeeds = 1000000;
constexpr bool IsPlainSeed(uint64_t seed) {
  return seed / kPlainSeeds % 2 == 1;
}

Configuration ConfigurationOf(uint64_t seed);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_CONFIGURATION_H_

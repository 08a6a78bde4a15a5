// How often each event was met in each phase, and what of that can never be.

#ifndef EXACTMEAN_TESTS_SIMULATION_COVERAGE_H_
#define EXACTMEAN_TESTS_SIMULATION_COVERAGE_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/simulation/event.h"
#include "tests/simulation/phase.h"

namespace exactmean {

class Coverage {
 public:
  void Add(EventKind kind, PhaseSet phases);
  void Merge(const Coverage& other);

  uint64_t count(EventKind kind, Phase phase) const {
    return counts_[static_cast<size_t>(kind)][static_cast<size_t>(phase)];
  }
  // A row an event, a column a phase; "-" where it can never be.
  std::string Table() const;
  // The pairs that were never met though they can be.
  std::vector<std::string> Missing() const;
  // The pairs that were met though they cannot be: the table is wrong.
  std::vector<std::string> Unexpected() const;

  // Why an event is never met in a phase; empty when it can be.
  static absl::string_view WhyImpossible(EventKind kind, Phase phase);
  // Is it a row of the table?
  static bool IsCounted(EventKind kind);

 private:
  std::array<std::array<uint64_t, kPhases>, kEventKinds> counts_{};
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SIMULATION_COVERAGE_H_

// What the tests of beginnings and ends share: one partition of numbers.

#ifndef EXACTMEAN_TESTS_WORLD_NUMBERS_TESTING_H_
#define EXACTMEAN_TESTS_WORLD_NUMBERS_TESTING_H_

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "processor/input_position.h"
#include "tests/world/world.h"

namespace exactmean {

constexpr Partition kOnly(0);

inline WorldOptions StartingAt(InputPosition start) {
  WorldOptions options;
  options.fresh = std::move(start);
  return options;
}

inline absl::Time TimeOf(int i) { return absl::FromUnixSeconds(1000 + i); }

// A number under key "k"; record i has it for its value, and TimeOf(i).
inline void AppendNumbers(World* world, int from, int to,
                          ForeignWriter* foreign = nullptr) {
  for (int i = from; i < to; ++i) {
    ModelRecord record;
    record.kind = ModelRecord::Kind::kValue;
    record.key = "k";
    record.value = i;
    record.text = std::to_string(i);
    record.timestamp_ms = absl::ToUnixMillis(TimeOf(i));
    world->Append(kOnly, record, foreign);
  }
}

inline Offset StartOf(const Instance& instance) {
  const auto& state = instance.processor->tasks().at(kOnly)->state();
  return Offset(state.checkpoint()->start_offset());
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_NUMBERS_TESTING_H_

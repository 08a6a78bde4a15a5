// What commits write for each input record does not grow with the window.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"

namespace exactmean {
namespace {

constexpr int64_t kKeys = 20;
constexpr int64_t kSamples = 1000;  // in a long window
constexpr int64_t kGapUs = 5'000'000;

// Bytes of keys and values.
struct Written {
  size_t snapshots = 0;
  size_t segments = 0;
  size_t deletions = 0;  // of segments
  size_t records = 0;

  double each() const {
    return static_cast<double>(snapshots + segments + deletions) /
           static_cast<double>(records);
  }
};

std::ostream& operator<<(std::ostream& out, const Written& w) {
  const auto each = [&](size_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(w.records);
  };
  return out << absl::StrFormat(
             "%.2f a record: snapshots %.2f, segments %.2f, their deletions "
             "%.2f",
             w.each(), each(w.snapshots), each(w.segments), each(w.deletions));
}

void Add(const ChangeSet& changes, Written* to) {
  for (size_t i = 0; i < changes.size(); ++i) {
    to->snapshots += changes.key(i).size() + changes.value(i)->size();
  }
  for (const ChangeSet::Segment& segment : changes.segments()) {
    if (segment.value.has_value()) {
      to->segments += segment.key.size() + segment.value->size();
    } else {
      to->deletions += segment.key.size();
    }
  }
}

// A sensor's reading, of two to four decimals; or any number.
double Value(bool decimal, std::mt19937_64* random) {
  constexpr double kScale[] = {1e2, 1e3, 1e4};
  const double any = static_cast<double>((*random)() >> 11) * 0x1p-53 * 1000;
  if (!decimal) return any;
  const double scale = kScale[(*random)() % 3];
  return std::round(any * scale) / scale;
}

// Full windows, then as many records again. Keys change at random, a record
// each `kGapUs` on average, times are whole milliseconds, and some are late.
Written WrittenBy(const WindowSpec& window, bool decimal,
                  int64_t records_of_a_key) {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {window};
  const Pipeline pipeline(spec, TestIdentity());
  PartitionState state(&pipeline, kPartition);
  state.StartEmpty(Offset(0));
  std::mt19937_64 random(1);
  Written written;
  for (int64_t o = 0; o < 2 * kKeys * kSamples; ++o) {
    int64_t time = 1'700'000'000'000'000 + o * (kGapUs / kKeys);
    if (random() % 20 == 0) time -= static_cast<int64_t>(random() % 10'000'000);
    time -= time % 1000;
    state.Apply(Offset(o), absl::StrFormat("sensor-%06d", random() % kKeys),
                {Value(decimal, &random), EventTime(time)});
    if ((o + 1) % (records_of_a_key * kKeys) != 0) continue;
    const ChangeSet changes = state.Changes("writer");
    if (o >= kKeys * kSamples) Add(changes, &written);
    state.MarkCommitted();
  }
  written.records = kKeys * kSamples;
  return written;
}

struct Load {
  bool decimal;
  int64_t records_of_a_key;  // in a commit
  double limit;
};

class WrittenBytesTest : public ::testing::TestWithParam<Load> {};

TEST_P(WrittenBytesTest, DoNotGrowWithTheWindow) {
  using Kind = WindowSpec::Kind;
  const auto [decimal, records, limit] = GetParam();
  const auto ten =
      WrittenBy({"w", Kind::kCount, 10, 0, 0, 0, 0}, decimal, records);
  const auto count =
      WrittenBy({"w", Kind::kCount, kSamples, 0, 0, 0, 0}, decimal, records);
  const auto time = WrittenBy(
      {"w", Kind::kTimeExact, 0, kSamples * kGapUs, 0, 0, 0}, decimal, records);
  EXPECT_LE(count.each(), limit * ten.each()) << count << "\nten: " << ten;
  EXPECT_LE(time.each(), limit * ten.each()) << time << "\nten: " << ten;
}

// Any number takes its 8 bytes, and each takes them once more than in a
// snapshot that is written for twenty of them.
INSTANTIATE_TEST_SUITE_P(Loads, WrittenBytesTest,
                         ::testing::Values(Load{true, 20, 2.4},
                                           Load{true, 1, 1.3},
                                           Load{false, 20, 3.3},
                                           Load{false, 1, 1.7}));

}  // namespace
}  // namespace exactmean

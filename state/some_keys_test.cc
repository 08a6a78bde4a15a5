// KeepOnly: a state of some keys has of these what a state of all keys has, and
// counts all records.

#include <map>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"

namespace exactmean {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

bool IsWanted(absl::string_view key) { return absl::EndsWith(key, "7"); }

std::map<std::string, std::string> WantedOf(PartitionState* state) {
  std::map<std::string, std::string> snapshots;
  state->VisitSnapshots(IsWanted,
                        [&](absl::string_view key, absl::string_view snapshot) {
                          snapshots[std::string(key)] = std::string(snapshot);
                        });
  return snapshots;
}

// Late and idle by the times of records with any key.
StateSpec WithGraceAndTtl() {
  StateSpec spec = TestSpec();
  spec.grace_us = 300;
  spec.idle_key_ttl_us = 500;
  return spec;
}

TEST(SomeKeysTest, AreWhatTheyAreAmongAll) {
  const Pipeline pipeline(WithGraceAndTtl(), TestIdentity());
  PartitionState all(&pipeline, kPartition), some(&pipeline, kPartition);
  some.KeepOnly(IsWanted);
  std::mt19937 random(1);
  for (PartitionState* state : {&all, &some}) state->StartEmpty(Offset(0));
  for (int i = 0; i < 5000; ++i) {
    const std::string key = absl::StrCat("k", random() % 60);
    const bool deleted = random() % 40 == 0;
    const auto time = static_cast<int64_t>(10 * i + random() % 600);
    for (PartitionState* state : {&all, &some}) {
      if (deleted) {
        state->Delete(Offset(i), key);
      } else {
        state->Apply(Offset(i), key, {0.5 * i, EventTime(time)});
      }
    }
  }
  const auto wanted = WantedOf(&all);
  EXPECT_THAT(wanted, Not(IsEmpty()));
  EXPECT_EQ(WantedOf(&some), wanted);
  EXPECT_EQ(some.live_keys(), wanted.size());
  EXPECT_LT(some.live_keys(), all.live_keys());

  EXPECT_EQ(some.next_offset(), all.next_offset());
  EXPECT_EQ(some.stream_time(), all.stream_time());
  EXPECT_GT(all.dispositions().late(), 0u);
  EXPECT_EQ(some.dispositions().SerializeAsString(),
            all.dispositions().SerializeAsString());
}

}  // namespace
}  // namespace exactmean

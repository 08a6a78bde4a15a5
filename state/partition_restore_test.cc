// The proof of a restored state: each refusal by name.

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/partition_state_testing.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

class PartitionRestoreTest : public PartitionStateTest {
 protected:
  absl::Status RestoreError(const Log& log) {
    PartitionState state(&pipeline_, kPartition);
    return Restore(log, &state).status();
  }
  // The log with a changed checkpoint.
  template <typename F>
  Log WithCheckpoint(Log log, F change) {
    results::Checkpoint checkpoint;
    std::string& bytes = log[std::string(kCheckpointKey)];
    EXPECT_THAT(DecodeCheckpoint(bytes, &checkpoint), IsOk());
    change(&checkpoint);
    bytes = EncodeResult(checkpoint);
    return log;
  }
};

TEST_F(PartitionRestoreTest, NothingInTheTopicIsNoState) {
  EXPECT_THAT(RestoreError({}), IsOk());
  PartitionState tombstones(&pipeline_, kPartition);
  EXPECT_THAT(tombstones.Restore("a", absl::nullopt), IsOk());
  EXPECT_THAT(tombstones.FinishRestore(), IsOkAndHolds(false));
}

TEST_F(PartitionRestoreTest, TheProofRefusesWhatWasLostChangedOrAdded) {
  const Log good = SomeLog();
  EXPECT_THAT(RestoreError(good), IsOk());

  Log bad = good;
  bad.erase("a");
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kDataLoss,
                                          HasSubstr("holds 1 key, ")));
  bad = good;
  bad["c"] = bad["a"];
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("3 keys")));
  bad = good;
  std::swap(bad["a"], bad["b"]);
  EXPECT_THAT(RestoreError(bad),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("digest")));
  bad = good;
  bad.erase(std::string(kCheckpointKey));
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kDataLoss,
                                          HasSubstr("no checkpoint")));
  bad = good;
  bad["a"].back() = static_cast<char>(bad["a"].back() ^ 1);
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kDataLoss));
  bad = good;
  bad["__exactmean/other"] = "";
  EXPECT_THAT(RestoreError(bad), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          HasSubstr("reserved key")));
}

// Kafka's compaction leaves older records of a key for a while: only its newest
// has to be right.
TEST_F(PartitionRestoreTest, ABadSnapshotThatIsReplacedDoesNotMatter) {
  const Log good = SomeLog();
  PartitionState replaced(&pipeline_, kPartition);
  EXPECT_THAT(replaced.Restore("a", "not a snapshot"), IsOk());
  EXPECT_THAT(Restore(good, &replaced), IsOkAndHolds(true));

  PartitionState deleted(&pipeline_, kPartition);
  EXPECT_THAT(deleted.Restore("gone", "not a snapshot"), IsOk());
  EXPECT_THAT(deleted.Restore("gone", absl::nullopt), IsOk());
  EXPECT_THAT(Restore(good, &deleted), IsOkAndHolds(true));

  Log last = good;
  last["a"] = "not a snapshot";
  EXPECT_THAT(RestoreError(last),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("key \"a\"")));
}

TEST_F(PartitionRestoreTest, ABadCheckpointThatIsReplacedDoesNotMatter) {
  const Log good = SomeLog();
  const std::string key(kCheckpointKey);
  for (const absl::optional<absl::string_view> bad :
       {absl::optional<absl::string_view>("not a checkpoint"),
        absl::optional<absl::string_view>()}) {
    PartitionState replaced(&pipeline_, kPartition);
    EXPECT_THAT(replaced.Restore(key, bad), IsOk());
    EXPECT_THAT(Restore(good, &replaced), IsOkAndHolds(true));

    PartitionState last(&pipeline_, kPartition);
    EXPECT_THAT(Restore(good, &last), IsOkAndHolds(true));
    EXPECT_THAT(last.Restore(key, bad), IsOk());
    EXPECT_THAT(last.FinishRestore(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("checkpoint")));

    PartitionState alone(&pipeline_, kPartition);
    EXPECT_THAT(alone.Restore(key, bad), IsOk());
    EXPECT_THAT(alone.FinishRestore(), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST_F(PartitionRestoreTest, TheProofRefusesAnotherApplicationsState) {
  const Log log = SomeLog();
  const auto refuse = [&](auto change, const std::string& why) {
    EXPECT_THAT(RestoreError(WithCheckpoint(log, change)),
                StatusIs(testing::_, HasSubstr(why)));
  };
  refuse([](auto* c) { c->set_format(2); }, "checkpoint of format 2");
  refuse([](auto* c) { c->set_application_id("x"); }, "application \"x\"");
  refuse([](auto* c) { c->set_input_topic("x"); }, "input topic \"x\"");
  refuse([](auto* c) { c->set_input_partitions(4); }, "had 4 partitions");
  refuse([](auto* c) { c->set_partition(1); }, "of partition 1");
  refuse([](auto* c) { c->set_next_offset(9); }, "passed 9 offsets");
  refuse([](auto* c) { c->mutable_dispositions()->set_late(1); }, "accounts");
}

TEST_F(PartitionRestoreTest, TheProofRefusesAChangedConfiguration) {
  const Log log = SomeLog();
  StateSpec spec = TestSpec();
  spec.windows[0].size = 4;
  spec.windows.pop_back();
  const Pipeline changed(spec, TestIdentity());
  PartitionState state(&changed, kPartition);
  EXPECT_THAT(Restore(log, &state),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("- window last3 count size=3\n")));
}

}  // namespace
}  // namespace exactmean

// What the shipped binary refuses to start from: state, offsets and input that
// do not belong together. Each refusal says what, where and the way out.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

constexpr Partition kOnly = Partition(0);

// Members leave at once: an administrator may change a group without members
// alone.
constexpr char kDynamic[] = "group { membership: DYNAMIC } ";

Record RecordOf(const std::string& key, absl::optional<std::string> value) {
  Record record;
  record.partition = kOnly;
  record.key = key;
  record.value = std::move(value);
  return record;
}

class RefusalTest : public ::testing::Test {
 protected:
  // A pipeline of one partition that has folded in `records` and stopped.
  void Work(const std::string& name, int records = 100) {
    pipeline_ = std::make_unique<BrokerPipeline>(name, 1);
    pipeline_->extra_config = kDynamic;
    ASSERT_THAT(pipeline_->Produce(records), IsOk());
    ExpectGoesOn();
    auto writer = Writer::Create(SharedBroker());
    ASSERT_THAT(writer, IsOk());
    writer_ = *std::move(writer);
  }

  // It starts, and its results are right.
  void ExpectGoesOn() {
    const auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline_->AwaitDrained(), IsOk()) << (*instance)->Log();
    const auto exit = (*instance)->Terminate();
    ASSERT_THAT(exit, IsOk());
    ASSERT_TRUE(exit->ok()) << (*instance)->Log();
  }

  // It starts from the state; what was in the topic meanwhile is no matter.
  void ExpectProven() {
    const auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    EXPECT_THAT((*instance)->AwaitLog("digest, key count and dispositions"),
                IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }

  // It ends by itself with `exit_code`, saying all of `texts`; nothing was
  // committed.
  void ExpectRefused(int exit_code, const std::vector<std::string>& texts,
                     const std::vector<std::string>& flags = {}) {
    absl::StatusOr<Offset> before;
    // A topic just made is not known everywhere yet.
    ASSERT_THAT(Eventually([&] {
                  before = pipeline_->client().EndOffset(
                      pipeline_->results(), kOnly, Isolation::kUncommitted);
                  return before.status();
                }),
                IsOk());
    const auto instance = pipeline_->Start("a", flags);
    ASSERT_THAT(instance, IsOk());
    const auto exit = (*instance)->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), exit_code) << (*instance)->Log();
    for (const std::string& text : texts) {
      EXPECT_THAT((*instance)->Log(), HasSubstr(text));
    }
    EXPECT_THAT(pipeline_->client().EndOffset(pipeline_->results(), kOnly,
                                              Isolation::kUncommitted),
                IsOkAndHolds(*before));
  }

  absl::Status Tamper(const std::string& key,
                      absl::optional<std::string> value) {
    return writer_->Write(pipeline_->results(),
                          {RecordOf(key, std::move(value))});
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
  std::unique_ptr<Writer> writer_;
};

TEST_F(RefusalTest, SnapshotsThatAnotherProgramWrote) {
  ASSERT_NO_FATAL_FAILURE(Work("tampered"));
  const auto snapshots = pipeline_->Snapshots();
  ASSERT_THAT(snapshots, IsOk());
  ASSERT_GE(snapshots->size(), 2u);
  const std::string key = snapshots->begin()->first.substr(2);  // after "0/"
  const std::string value = snapshots->begin()->second;
  const std::string another = std::next(snapshots->begin())->second;

  const std::string mend = "bring the topic back";
  ASSERT_THAT(Tamper(key, another), IsOk());
  ExpectRefused(4, {"partition 0", "the digest of ", mend});
  ASSERT_THAT(Tamper(key, absl::nullopt), IsOk());
  ExpectRefused(4, {"partition 0", "keys, its checkpoint counts", mend});
  ASSERT_THAT(Tamper(key, value), IsOk());
  ASSERT_THAT(Tamper("added", another), IsOk());
  ExpectRefused(4, {"partition 0", "keys, its checkpoint counts", mend});
  ASSERT_THAT(Tamper("added", absl::nullopt), IsOk());
  ExpectProven();  // mended
  ASSERT_THAT(Tamper(key, "\xff no snapshot"), IsOk());
  ExpectRefused(4, {"partition 0", absl::StrCat("key \"", key, "\": "), mend});
}

TEST_F(RefusalTest, StateOfAnotherApplication) {
  ASSERT_NO_FATAL_FAILURE(Work("mine"));
  // Another application is pointed at this results topic.
  const std::string own = pipeline_->extra_config;
  pipeline_->extra_config = absl::StrCat(own, "application_id: \"theirs\"");
  ExpectRefused(4, {"partition 0", "the state of application \"mine\"",
                    "not of \"theirs\"", "results topic of its own"});
  pipeline_->extra_config = own;
  // And the other way round.
  auto checkpoint = pipeline_->Checkpoint(kOnly);
  ASSERT_THAT(checkpoint, IsOk());
  checkpoint->set_application_id("theirs");
  ASSERT_THAT(Tamper(std::string(kCheckpointKey), EncodeResult(*checkpoint)),
              IsOk());
  ExpectRefused(4, {"partition 0", "the state of application \"theirs\""});
  ASSERT_THAT(Tamper(std::string(kCheckpointKey), absl::nullopt), IsOk());
  ExpectRefused(4, {"partition 0", "the checkpoint was deleted"});
}

TEST_F(RefusalTest, AnotherConfiguration) {
  ASSERT_NO_FATAL_FAILURE(Work("changed"));
  pipeline_->extra_config =
      R"(window { name: "last" count { size: 4 } }
         window { name: "all" cumulative {} })";
  ExpectRefused(
      4, {"partition 0", "another configuration", "- window last count size=3",
          "+ window last count size=4", "Restore these settings"});
}

// The group has a member that shares it out in another way.
TEST_F(RefusalTest, GroupOfAnotherAssignor) {
  ASSERT_NO_FATAL_FAILURE(Work("mixed"));
  const auto member = pipeline_->Start("member");
  ASSERT_THAT(member, IsOk());
  ASSERT_THAT((*member)->AwaitLog("digest, key count and dispositions"),
              IsOk());
  pipeline_->extra_config =
      "group { membership: DYNAMIC assignor: COOPERATIVE_STICKY }";
  ExpectRefused(2, {"JoinGroup failed", "the same group.assignor"});
  ASSERT_THAT(pipeline_->Produce(10), IsOk());
  EXPECT_THAT(pipeline_->AwaitDrained(), IsOk()) << (*member)->Log();
}

TEST_F(RefusalTest, GroupOffsetsThatSomebodyReset) {
  ASSERT_NO_FATAL_FAILURE(Work("reset"));
  for (const int64_t offset : {10, 0, 99}) {
    ASSERT_THAT(pipeline_->client().CommitOffset("reset", "reset-in", kOnly,
                                                 Offset(offset)),
                IsOk());
    ExpectRefused(4,
                  {"partition 0", absl::StrCat("committed offset is ", offset),
                   "before offset 100", "back to 100"});
  }
  ASSERT_THAT(
      pipeline_->client().CommitOffset("reset", "reset-in", kOnly, Offset(100)),
      IsOk());
  ExpectGoesOn();
}

TEST_F(RefusalTest, ResultsTopicMadeAnew) {
  ASSERT_NO_FATAL_FAILURE(Work("lost"));
  ASSERT_THAT(pipeline_->client().DeleteTopic("lost-out"), IsOk());
  ASSERT_THAT(Eventually([this] {
                return pipeline_->client().CreateTopic(
                    "lost-out", 1, {{"cleanup.policy", "compact"}});
              }),
              IsOk());
  ExpectRefused(4, {"partition 0", "the group has committed offset 100",
                    "the results topic holds no state"});
}

TEST_F(RefusalTest, RecordsDeletedUnread) {
  ASSERT_NO_FATAL_FAILURE(Work("retention"));
  ASSERT_THAT(pipeline_->Produce(50), IsOk());
  // What was read may go.
  ASSERT_THAT(
      pipeline_->client().DeleteRecords("retention-in", kOnly, Offset(100)),
      IsOk());
  const auto instance = pipeline_->Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
  ASSERT_THAT((*instance)->Terminate(), IsOk());

  ASSERT_THAT(pipeline_->Produce(50), IsOk());
  ASSERT_THAT(
      pipeline_->client().DeleteRecords("retention-in", kOnly, Offset(170)),
      IsOk());
  ExpectRefused(4, {"partition 0", "before offset 150",
                    "first retained record is 170", "20 records were deleted"});
}

TEST_F(RefusalTest, InputMadeAnewWithOffsetsKept) {
  ASSERT_NO_FATAL_FAILURE(Work("remade"));
  ASSERT_THAT(pipeline_->client().DeleteTopic("remade-in"), IsOk());
  ASSERT_THAT(Eventually([this] {
                return pipeline_->client().CreateTopic("remade-in", 1);
              }),
              IsOk());
  // With the topic its offsets went; as by a mirror, they come back.
  ASSERT_THAT(pipeline_->client().CommitOffset("remade", "remade-in", kOnly,
                                               Offset(100)),
              IsOk());
  ASSERT_THAT(pipeline_->Produce(99), IsOk());
  ExpectRefused(
      4, {"partition 0", "the input ends before 99", "deleted and made again"});
  ASSERT_THAT(pipeline_->Produce(50), IsOk());
  ExpectRefused(4, {"partition 0", "the input record at offset 99",
                    "deleted and made again"});
}

}  // namespace
}  // namespace exactmean

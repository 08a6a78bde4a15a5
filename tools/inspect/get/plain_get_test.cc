// Keys of a topic to which a process wrote that had lost its partition.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/get/get_keys.h"
#include "tools/inspect/records/plain_log_testing.h"

namespace exactmean {
namespace {

using ::testing::SizeIs;

TEST(PlainGetTest, WhatAFormerOwnerWritesLateIsNotBelieved) {
  for (const int64_t late : {4, 8}) {
    for (const char* key : {"a", "b"}) {
      PlainLog log;
      log.WriteWithLate(late);
      KeyQuestion question;
      question.keys = {{key}};
      const auto now = GetKeys(&log.results_reader(), {Partition(0)}, question,
                               KeyInput(), log.Options());
      ASSERT_THAT(now, IsOk());
      ASSERT_THAT(now->answers, SizeIs(1));
      EXPECT_EQ(now->answers[0].snapshot, log.OneGo(10).at(key));
      EXPECT_EQ(now->checkpoints.at(Partition(0)).next_offset(), 10);
      question.at[Partition(0)].at = Offset(10);
      const auto then = GetKeys(&log.results_reader(), {Partition(0)}, question,
                                KeyInput(), log.Options());
      ASSERT_THAT(then, IsOk());
      EXPECT_EQ(then->answers[0].label, AnswerLabel::kExact);
      EXPECT_EQ(then->answers[0].snapshot, log.OneGo(10).at(key));
    }
  }
}

TEST(PlainGetTest, ABadCheckpointThatIsReplacedDoesNotMatter) {
  PlainLog log(DeliveryMode::kExactlyOnce);
  log.ReceiveSome();
  const auto owner = log.Owner();
  log.Commit(4, owner.get());
  log.Write({{std::string(kCheckpointKey), "none", absl::nullopt}});
  KeyQuestion question;
  question.keys = {{"a"}};
  const auto get = [&] {
    return GetKeys(&log.results_reader(), {Partition(0)}, question, KeyInput(),
                   log.Options());
  };
  EXPECT_THAT(get(), StatusIs(absl::StatusCode::kDataLoss));
  log.Commit(10, owner.get());
  EXPECT_THAT(get(), IsOk());
}

}  // namespace
}  // namespace exactmean

// Bad records under DEAD_LETTER, with the shipped binary on a real Kafka: kept
// as they were, each once, wherever they lie and whenever the process is
// killed.

#include "processor/dead_letter/dead_letter.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/dead_letter/dead_letters.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Record Good(int i) {
  Record record;
  record.key = absl::StrCat("key", i % 7);
  record.value = absl::StrCat(i);
  record.headers = {{"good", "1"}};
  return record;
}

Record Bad(int i) {
  Record record;
  record.key = absl::StrCat("key", i % 7);
  record.value = "not a number";
  record.timestamp_ms = 1'000'000 + i;  // in 1970: no retention may take it
  return record;
}

void Write(BrokerPipeline* pipeline, const std::vector<Record>& records) {
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(pipeline->input(), records), IsOk());
}

// Alone in its partition, first, last, many in a row, one in every batch.
std::vector<Record> PoisonEverywhere() {
  std::vector<Record> records;
  const auto add = [&](int32_t partition, Record record) {
    record.partition = Partition(partition);
    records.push_back(std::move(record));
  };
  add(0, Bad(0));  // alone
  add(1, Bad(1));  // first
  for (int i = 0; i < 50; ++i) add(1, Good(i));
  for (int i = 0; i < 50; ++i) add(2, Good(i));
  for (int i = 0; i < 1000; ++i) add(2, Bad(i));
  add(2, Good(51));
  add(2, Bad(51));  // last
  for (int i = 0; i < 3000; ++i) add(3, i % 10 == 0 ? Bad(i) : Good(i));
  return records;
}

// Each bad for another reason, with all that a record can have.
std::vector<Record> PoisonOfEveryKind() {
  std::vector<Record> records(6, Bad(7));
  records[0].key = absl::nullopt;
  records[1].key = "__exactmean/checkpoint";
  records[1].value = absl::nullopt;
  records[2].key = std::string(70'000, 'k');
  records[3].value = std::string("\0\xff{", 3);
  records[3].headers = {{"a", std::string("\0\xff", 2)},
                        {"a", absl::nullopt},
                        {"", ""},
                        {"exactmean.topic", "a record's own"}};
  records[4].value = "1e200";
  records[5].value = "";
  records[5].key = "";
  for (Record& record : records) record.partition = Partition(0);
  return records;
}

TEST(DeadLetterTest, KeepsEveryBadRecordAsItWas) {
  BrokerPipeline pipeline("poison", 4);
  ASSERT_THAT(KeepBadRecords(&pipeline), IsOk());
  Write(&pipeline, PoisonEverywhere());
  auto started = pipeline.Start("a");
  ASSERT_THAT(started, IsOk());
  const std::unique_ptr<RunningInstance>& instance = *started;
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << instance->Log();
  ASSERT_THAT(CheckDeadLetters(&pipeline), IsOk());
  Write(&pipeline, PoisonOfEveryKind());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << instance->Log();
  ASSERT_THAT(CheckDeadLetters(&pipeline), IsOk());
  const auto checkpoint = pipeline.Checkpoint(Partition(0));
  ASSERT_THAT(checkpoint, IsOk());
  EXPECT_EQ(checkpoint->dispositions().dead_lettered(), 7u);
  EXPECT_EQ(checkpoint->dispositions().skipped(), 0u);

  const auto letters = ReadDeadLetters(&pipeline);
  ASSERT_THAT(letters, IsOk());
  std::vector<std::string> kinds;
  for (const ParsedDeadLetter& letter : *letters) {
    if (letter.origin.partition == Partition(0)) {
      kinds.push_back(letter.origin.kind);
    }
    EXPECT_EQ(letter.origin.attempts, 1);
    EXPECT_LT(absl::Now() - letter.origin.time, absl::Hours(1));
  }
  EXPECT_THAT(
      kinds, testing::ElementsAre("undecodable", "no-key", "reserved-key",
                                  "key-too-long", "undecodable", "out-of-range",
                                  "undecodable"));
  // Not a line each.
  EXPECT_THAT(instance->AwaitLog("1309 dead-lettered"), IsOk());
  size_t lines = 0;
  const std::string log = instance->Log();
  for (size_t at = 0; (at = log.find("bad record in", at)) != std::string::npos;
       ++at) {
    ++lines;
  }
  EXPECT_GE(lines, 1u);
  EXPECT_LE(lines, 3u);
}

TEST(DeadLetterTest, NoneIsLostOrRepeatedByKills) {
  BrokerPipeline pipeline("killed", 2);
  ASSERT_THAT(KeepBadRecords(&pipeline), IsOk());
  const auto instance = pipeline.ProduceThroughKills("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();
  EXPECT_THAT(CheckDeadLetters(&pipeline), IsOk());
  const auto letters = ReadDeadLetters(&pipeline);
  ASSERT_THAT(letters, IsOk());
  EXPECT_GT(letters->size(), 20u);
}

// Stops, says which and how to mend it, and goes on when it is mended.
TEST(DeadLetterTest, OneTooLargeForItsTopicIsNamed) {
  BrokerPipeline pipeline("large", 1);
  ASSERT_THAT(KeepBadRecords(&pipeline, /*make_topic=*/false), IsOk());
  ASSERT_THAT(pipeline.client().CreateTopic(DeadLetterTopic(pipeline), 1,
                                            {{"max.message.bytes", "2000"}}),
              IsOk());
  // It does not become smaller by compression.
  Record large = Bad(0);
  for (int i = 0; i < 5000; ++i) {
    large.value->push_back(static_cast<char>(pipeline.random()()));
  }
  Write(&pipeline, {Good(1), large});
  const auto refused = pipeline.Start("a");
  ASSERT_THAT(refused, IsOk());
  const auto exit = (*refused)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 2) << (*refused)->Log();
  EXPECT_THAT((*refused)->Log(),
              AllOf(HasSubstr("topic \"large-in\", partition 0, offset 1"),
                    HasSubstr("max.message.bytes"), HasSubstr("SKIP")));

  ASSERT_THAT(pipeline.client().AlterTopicConfig(
                  DeadLetterTopic(pipeline), "max.message.bytes", "1000000"),
              IsOk());
  const auto again = pipeline.Start("a");
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << (*again)->Log();
  EXPECT_THAT(CheckDeadLetters(&pipeline), IsOk());
}

// As large as the input takes a record: with its headers it is larger.
TEST(DeadLetterTest, TheLargestRecordIsKept) {
  BrokerPipeline pipeline("largest", 1);
  ASSERT_THAT(KeepBadRecords(&pipeline, /*make_topic=*/false), IsOk());
  const auto made = pipeline.Start("a", {"--create_topics"});
  ASSERT_THAT(made, IsOk());
  const auto exit = (*made)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  ASSERT_EQ(exit->ShellCode(), 0) << (*made)->Log();
  Record largest = Bad(0);
  largest.value = std::string(999'800, 'x');
  Write(&pipeline, {largest, Good(1)});
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();
  EXPECT_THAT(CheckDeadLetters(&pipeline), IsOk());
}

TEST(DeadLetterTest, AnUnfitTopicIsRefusedWithTheWayOut) {
  BrokerPipeline pipeline("unfit", 2);
  ASSERT_THAT(KeepBadRecords(&pipeline, /*make_topic=*/false), IsOk());
  const auto refusal = [&](const std::vector<std::string>& flags) {
    const auto instance = pipeline.Start("a", flags);
    EXPECT_THAT(instance, IsOk());
    const auto exit = (*instance)->AwaitExit();
    EXPECT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 2);
    return (*instance)->Log();
  };
  EXPECT_THAT(refusal({"--check"}),
              AllOf(HasSubstr("topic \"unfit-dead\" does not exist"),
                    HasSubstr("--create_topics")));
  ASSERT_THAT(pipeline.client().CreateTopic(
                  DeadLetterTopic(pipeline), 1,
                  {{"cleanup.policy", "compact"},
                   {"message.timestamp.type", "LogAppendTime"},
                   {"message.timestamp.after.max.ms", "3600000"}}),
              IsOk());
  EXPECT_THAT(
      refusal({}),
      AllOf(HasSubstr("has 1 partition, the input 2"),
            HasSubstr("--add-config cleanup.policy=delete"),
            HasSubstr("--add-config message.timestamp.type=CreateTime"),
            HasSubstr("--add-config "
                      "message.timestamp.after.max.ms=9223372036854775807")));
}

}  // namespace
}  // namespace exactmean

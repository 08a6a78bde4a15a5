// exactmean-inspect dlq beside the shipped processor: lists, shows, and brings
// back each dead letter once, also when it is killed.

#include <signal.h>

#include <map>
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
#include "tests/dead_letter/dead_letters.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kBad = 1200;  // in partition 0: more than a transaction takes

// A pipeline all of whose input has become dead letters.
class DlqTest : public ::testing::Test {
 protected:
  void Open(const std::string& name) {
    pipeline_ = std::make_unique<BrokerPipeline>(name, 2);
    pipeline_->extra_config = "group { membership: DYNAMIC }";
    ASSERT_THAT(KeepBadRecords(pipeline_.get()), IsOk());
    std::vector<Record> records;
    for (int i = 0; i < kBad + 2; ++i) {
      Record record;
      record.partition = Partition(i < kBad ? 0 : 1);
      record.key = absl::StrCat("key", i % 5);
      record.value = absl::StrCat("bad ", i);
      record.timestamp_ms = 1'600'000'000'000 + i;
      record.headers = {{"own", absl::StrCat(i)}};
      records.push_back(std::move(record));
    }
    const auto writer = Writer::Create(SharedBroker());
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Write(pipeline_->input(), records), IsOk());
    FoldIn();
  }

  // A processor folds in what there is, and stops.
  void FoldIn() {
    const auto instance = pipeline_->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline_->AwaitCaughtUp(), IsOk()) << (*instance)->Log();
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }

  InspectResult Dlq(std::vector<std::string> words) {
    words.insert(words.begin(), "dlq");
    return Inspect(*pipeline_, words);
  }

  // How often each value is in the input.
  std::map<std::string, int> Input() {
    std::map<std::string, int> times;
    const auto records = pipeline_->client().ReadTopic(pipeline_->input());
    EXPECT_THAT(records, IsOk());
    for (const Record& record : *records) ++times[*record.value];
    return times;
  }

  void ExpectEachTimes(int most) {
    for (const auto& [value, times] : Input()) EXPECT_LE(times, most) << value;
  }

  std::unique_ptr<BrokerPipeline> pipeline_;
};

TEST_F(DlqTest, ListsShowsAndRedrivesByFilter) {
  Open("dlq");
  InspectResult result = Dlq({"list", "--limit=2"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("undecodable"), HasSubstr("1200"),
                    HasSubstr("waiting"), HasSubstr("is not a decimal")));
  result = Dlq({"list", "--partition=1", "--output=json"});
  EXPECT_THAT(result.out, HasSubstr("\"input_offset\":1"));
  EXPECT_THAT(result.out, Not(HasSubstr("\"partition\":0")));
  result = Dlq({"show", "1/0"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("value      bad 1200"),
                                HasSubstr("header     own: 1200"),
                                HasSubstr("2020-09-13T12:26:41.2Z")));
  EXPECT_EQ(Dlq({"show", "1/99"}).code, 10);
  EXPECT_EQ(Dlq({"bury"}).code, 2);

  result = Dlq({"redrive"});
  EXPECT_THAT(result.err, HasSubstr("--execute"));
  ExpectEachTimes(1);
  result =
      Dlq({"redrive", "--limit=10", "--execute", "--yes", "--output=json"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("TO REDRIVE"),
                                HasSubstr("10 dead letters were redriven")));
  EXPECT_THAT(result.out, HasSubstr("\"executed\":true,\"done\":10}"));
  result = Dlq({"redrive", "--prefix=key3", "--execute", "--yes"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("238 dead letters were redriven"));
  result = Dlq({"redrive", "--execute", "--yes"});
  EXPECT_THAT(result.err, HasSubstr("954 dead letters were redriven"));
  result = Dlq({"redrive", "--execute", "--yes"});
  EXPECT_THAT(result.err, HasSubstr("nothing to redrive"));
  for (const auto& [value, times] : Input()) EXPECT_EQ(times, 2) << value;

  // They are bad again, and not for ever. Behind the markers of the redrive
  // lies a record, so that all of the input is passed.
  for (const int32_t p : {0, 1}) {
    ASSERT_THAT(pipeline_->ProduceOne(Partition(p), "key", "1"), IsOk());
  }
  FoldIn();
  EXPECT_THAT(Dlq({"redrive", "--max_attempts=2"}).err,
              HasSubstr("nothing to redrive"));
  EXPECT_THAT(Dlq({"list", "--partition=1", "--output=json"}).out,
              HasSubstr("\"attempts\":2"));
  EXPECT_THAT(CheckDeadLetters(pipeline_.get()), IsOk());
}

TEST_F(DlqTest, WhatARewindReadsAgainIsRedrivenOnce) {
  Open("dlq-rewind");
  InspectResult result =
      Inspect(*pipeline_, {"rewind", "--to_earliest", "--execute", "--yes"});
  ASSERT_EQ(result.code, 0) << result.err;
  result = Dlq({"redrive", "--execute", "--yes"});
  EXPECT_THAT(result.err, HasSubstr("nothing to redrive"));
  EXPECT_THAT(Dlq({"list", "--limit=1"}).out, HasSubstr("read again"));
  FoldIn();  // they are bad again
  result = Dlq({"redrive", "--execute", "--yes"});
  EXPECT_THAT(result.err, HasSubstr("1,202 dead letters were redriven"));
  for (const auto& [value, times] : Input()) EXPECT_EQ(times, 2) << value;
}

TEST_F(DlqTest, NothingThereYet) {
  pipeline_ = std::make_unique<BrokerPipeline>("dlq-nothing", 2);
  const InspectResult none = Dlq({"list"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("names no topic of dead letters"));
  ASSERT_THAT(KeepBadRecords(pipeline_.get(), /*make_topic=*/false), IsOk());
  const std::vector<std::vector<std::string>> redrives = {
      {"redrive"}, {"redrive", "--execute", "--yes"}};
  std::vector<std::vector<std::string>> all = redrives;
  all.push_back({"list"});
  all.push_back({"show", "0/0"});
  for (const std::vector<std::string>& words : all) {
    const InspectResult missing = Dlq(words);
    EXPECT_EQ(missing.code, 2) << missing.out;
    EXPECT_THAT(missing.err, HasSubstr(DeadLetterTopic(*pipeline_)));
  }
  pipeline_->extra_config.clear();
  ASSERT_THAT(KeepBadRecords(pipeline_.get()), IsOk());
  for (const std::vector<std::string>& words : redrives) {
    const InspectResult empty = Dlq(words);
    EXPECT_EQ(empty.code, 0) << empty.out;
    EXPECT_THAT(empty.err, HasSubstr("nothing to redrive"));
  }
  const InspectResult list = Dlq({"list", "--output=json"});
  EXPECT_EQ(list.code, 0) << list.out;
  EXPECT_EQ(list.out, "");
  EXPECT_THAT(list.err, HasSubstr("no dead letters: "));
  const InspectResult show = Dlq({"show", "0/0"});
  EXPECT_EQ(show.code, 10) << show.out;
  EXPECT_THAT(show.err, HasSubstr("no dead letter at offset 0"));
  EXPECT_THAT(Input(), ::testing::IsEmpty());
}

// Bytes of strangers among the dead letters.
TEST_F(DlqTest, WhatIsNoDeadLetterIsCountedAndLeftAlone) {
  Open("dlq-corrupt");
  const std::string topic = DeadLetterTopic(*pipeline_);
  const auto letters = pipeline_->client().ReadTopic(topic);
  ASSERT_THAT(letters, IsOk());
  Record torn = letters->front();
  torn.headers.pop_back();
  Record garbled = letters->front();
  for (RecordHeader& header : garbled.headers) header.value = "\xff";
  Record stranger;
  stranger.key = stranger.value = "stranger";
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(topic, {torn, garbled, stranger}), IsOk());
  InspectResult result = Dlq({"list", "--limit=2"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1200"));
  EXPECT_THAT(result.err,
              HasSubstr("partition 0: 3 records not written as dead letters of "
                        "dlq-corrupt"));
  result = Dlq({"show", "0/1201"});
  EXPECT_EQ(result.code, 2) << result.out;
  result = Dlq({"redrive", "--execute", "--yes"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1,202 dead letters were redriven"));
  for (const auto& [value, times] : Input()) EXPECT_EQ(times, 2) << value;

  // What was redriven is not known any more.
  Record mark;
  mark.partition = Partition(1);
  mark.value = "no offsets";
  mark.headers = {{"exactmean.redriven", "1"}};
  ASSERT_THAT((*writer)->Write(topic, {mark}), IsOk());
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{
           {"list"}, {"redrive", "--execute", "--yes"}}) {
    result = Dlq(words);
    EXPECT_EQ(result.code, 4) << result.out;
    EXPECT_THAT(result.err, AllOf(HasSubstr("partition 1, offset "),
                                  HasSubstr("\"no offsets\"")));
  }
  for (const auto& [value, times] : Input()) EXPECT_EQ(times, 2) << value;
}

TEST_F(DlqTest, ARedriveThatIsKilledIsGoneOnWith) {
  Open("dlq-killed");
  for (const std::string where : {"KILL after Transaction::Begin #1",
                                  "KILL before Transaction::Commit #1",
                                  "KILL after Transaction::Commit #1",
                                  "KILL after Transaction::Write #300",
                                  "KILL before Transaction::Commit #2"}) {
    SCOPED_TRACE(where);
    ProcessOptions options;
    options.stderr_path = absl::StrCat(::testing::TempDir(), "/struck.log");
    auto process = ::exactmean::Process::Start(
        {"tests/dead_letter/struck_redrive", pipeline_->config_path(),
         pipeline_->extra_config, SharedBroker(), where},
        options);
    ASSERT_THAT(process, IsOk());
    const auto exit = process->Wait(absl::Now() + absl::Minutes(1));
    ASSERT_THAT(exit, IsOk());
    EXPECT_EQ(exit->ShellCode(), 128 + SIGKILL);
    ExpectEachTimes(2);
  }
  const InspectResult result = Dlq({"redrive", "--execute", "--yes"});
  ASSERT_EQ(result.code, 0) << result.err;
  for (const auto& [value, times] : Input()) EXPECT_EQ(times, 2) << value;
}

}  // namespace
}  // namespace exactmean

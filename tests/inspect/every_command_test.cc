// What holds of every command that reads the topics: the same trouble, and what
// each makes of it.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/compaction.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/dead_letter/dead_letters.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// What a command exits with, and what it says.
struct Answer {
  std::string words;  // of the command line
  int code;
  std::string says;  // to either stream
};

class EveryCommandTest : public ::testing::Test {
 protected:
  void Ask(const BrokerPipeline& pipeline, const std::vector<Answer>& answers,
           const std::vector<std::string>& flags = {}) {
    for (const Answer& answer : answers) {
      std::vector<std::string> words = absl::StrSplit(answer.words, ' ');
      words.insert(words.end(), flags.begin(), flags.end());
      const InspectResult result = Inspect(pipeline, words);
      SCOPED_TRACE(absl::StrJoin(words, " ") + "\n" + result.out + result.err);
      EXPECT_EQ(result.code, answer.code);
      EXPECT_THAT(result.out + result.err, HasSubstr(answer.says));
    }
  }

  // One key, folded in by a processor that still runs.
  void Fill(BrokerPipeline* pipeline) {
    for (const std::string value : {"1", "2", "3"}) {
      ASSERT_THAT(pipeline->ProduceOne(Partition(0), "IBM", value), IsOk());
    }
    auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    instance_ = *std::move(instance);
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk());
  }

  std::unique_ptr<RunningInstance> instance_;
};

TEST_F(EveryCommandTest, NothingThereYet) {
  BrokerPipeline pipeline("every-nothing", 1);
  Ask(pipeline, {{"status", 0, "no state yet"},
                 {"list", 0, "no keys yet"},
                 {"get IBM", 10, "no key \"IBM\""},
                 {"explain IBM", 10, "no key \"IBM\""},
                 {"history IBM", 10, "no key \"IBM\""},
                 {"plot IBM", 10, "no key \"IBM\""},
                 {"verify", 0, "no state"},
                 {"audit", 0, "no checkpoint"},
                 {"export", 0, "no keys"},
                 {"doctor", 0, "no processor runs"},
                 {"watch --limit=1", 0, "0 keys, lag -"},
                 {"replay", 0, "0 keys"},
                 {"rewind --to_earliest", 0, "there is no state"}});
}

TEST_F(EveryCommandTest, AWrongTopicIsNamed) {
  BrokerPipeline pipeline("every-wrong", 1);
  const std::vector<std::string> flags = {"--results_topic=every-no-such"};
  std::vector<Answer> answers;
  for (const std::string command :
       {"status", "list", "get IBM", "explain IBM", "history IBM", "plot IBM",
        "watch", "verify", "audit", "export", "rewind --to_earliest",
        "diff --partition=0 --from_offset=0",
        "diff --other_results_topic=every-wrong-out"}) {
    answers.push_back(
        {command, 2,
         "topic \"every-no-such\" does not exist: --results_topic names it"});
  }
  answers.push_back({"doctor", 11, "every-no-such"});
  Ask(pipeline, answers, flags);
}

TEST_F(EveryCommandTest, AWrongInputIsNamed) {
  BrokerPipeline pipeline("every-input", 1);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  std::vector<Answer> answers;
  for (const std::string command :
       {"get IBM --partition=0 --at_offset=2", "explain IBM", "plot IBM",
        "verify", "audit", "diff --partition=0 --from_offset=2", "replay",
        "rewind --to_earliest"}) {
    answers.push_back({command, 2, "topic \"every-no-such\" does not exist"});
  }
  answers.push_back({"status", 0, "not seen: the input: topic"});
  answers.push_back({"doctor", 11, "every-no-such"});
  Ask(pipeline, answers,
      {"--config_override=input { topic: \"every-no-such\" }"});
}

TEST_F(EveryCommandTest, BesideAProcessorAndAnOpenTransaction) {
  BrokerPipeline pipeline("every-open", 1);
  ASSERT_THAT(KeepBadRecords(&pipeline), IsOk());
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  const std::vector<Answer> answers = {
      {"status", 0, "all well"},
      {"list", 0, "IBM"},
      {"get IBM", 0, "IBM"},
      {"explain IBM", 0, "agrees"},
      {"history IBM", 0, "versions"},
      {"plot IBM", 0, "</svg>"},
      {"verify", 0, "verified"},
      {"audit", 0, "every offset"},
      {"export", 0, "digest verified"},
      {"doctor", 0, "OK    state: proven"},
      {"replay", 0, "3 records"},
      {"dlq list", 0, "holds none that are meant"},
      {"rewind --to_earliest", 0, "1 member:"},
      {"rewind --to_earliest --execute --yes", 2, "has 1 member: stop"}};
  Ask(pipeline, answers);
  const auto writer = Writer::Create(SharedBroker(), "every-open-writer");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  ASSERT_THAT(
      (*writer)->Write(pipeline.results(),
                       {{Partition(0), "foreign", "no snapshot", 0, {}}}),
      IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.input(),
                               {{Partition(0), "foreign", "7", 0, {}}}),
              IsOk());
  ASSERT_THAT((*writer)->Write(DeadLetterTopic(pipeline),
                               {{Partition(0), "foreign", "7", 0, {}}}),
              IsOk());
  Ask(pipeline,
      {{"status", 0, "all well"},
       {"list", 0, "a transaction is open"},
       {"get IBM", 0, "3 records"},
       {"explain IBM", 0, "a transaction is open"},
       {"history IBM", 0, "a transaction is open"},
       {"plot IBM", 0, "a transaction is open"},
       {"verify", 0, "VERIFIED"},
       {"audit", 0, "every offset accounted for"},
       {"export", 0, "a transaction is open"},
       {"watch --limit=1", 0, "partition 0: a transaction is open from"},
       {"replay", 0, "partition 0, offsets 0 to 3: 3 records"},
       {"dlq list", 0, "held back by an open transaction"},
       {"rewind --to_earliest", 0,
        "partition 0: a transaction is open in the results topic"}},
      {"--patience=500ms"});
  // Worth telling once it is older than one of the processor's may be.
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  InspectResult doctor;
  do {
    doctor = Inspect(pipeline, {"doctor"});
    ASSERT_EQ(doctor.code, 0) << doctor.out << doctor.err;
  } while (!absl::StrContains(doctor.out, "is open since") &&
           absl::Now() < deadline);
  EXPECT_THAT(doctor.out,
              HasSubstr("a transaction in every-open-in is open since"));
  EXPECT_THAT(doctor.out,
              HasSubstr("a transaction in every-open-out is open since"));
  ASSERT_THAT((*writer)->Abort(), IsOk());
  Ask(pipeline, answers);
}

TEST_F(EveryCommandTest, ACorruptRecordIsNamed) {
  BrokerPipeline pipeline("every-corrupt", 1);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  ASSERT_THAT(instance_->Terminate(), IsOk());
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.results(),
                               {{Partition(0), "IBM", "no snapshot", 0, {}}}),
              IsOk());
  Ask(pipeline, {{"status", 4, "the digest DIFFERS"},
                 {"list", 4, "key \"IBM\""},
                 {"get IBM", 4, "IBM"},
                 {"explain IBM", 4, "IBM"},
                 {"history IBM", 4, "IBM"},
                 {"plot IBM", 4, "IBM"},
                 {"verify", 4, "IBM"},
                 {"audit", 0, "every offset accounted for"},
                 {"export", 4, "key \"IBM\""},
                 {"doctor", 11, "FAIL  state"},
                 {"watch --limit=1", 4, "IBM"},
                 // It can mend it: puts the right snapshot in its place.
                 {"rewind --to_time=2100-01-01 --output=json", 0,
                  "\"keys_after\":1,\"changed\":1,\"deleted\":0"}});
}

// Holes, and no record at most offsets: states that never were, for whoever
// would take a compacted log for a history.
TEST_F(EveryCommandTest, ACompactedHead) {
  BrokerPipeline pipeline("every-compacted", 1);
  ASSERT_THAT(CompactEagerly(&pipeline), IsOk());
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  ASSERT_THAT(AwaitCompaction(&pipeline), IsOk());
  ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk());
  Ask(pipeline, {{"status", 0, "all well"},
                 {"list", 0, "IBM"},
                 {"get IBM", 0, "3 records"},
                 {"get IBM --partition=0 --at_offset=2", 0, "replayed"},
                 {"explain IBM", 0, "agrees"},
                 {"history IBM", 0, "1 version"},
                 {"plot IBM", 0, "</svg>"},
                 {"verify", 0, "VERIFIED"},
                 {"audit", 0, "every offset"},
                 {"export", 0, "digest verified"},
                 {"diff --partition=0 --from_offset=2", 0, "replayed"},
                 {"doctor", 11, "FAIL  delete.retention.ms"},
                 {"watch --limit=1", 0, "lag 0"},
                 {"replay", 0, "IBM"},
                 {"rewind --partition=0 --to_offset=2", 0, "REPLAYED"},
                 {"rewind --to_earliest", 0, "REPLAYED"}});
}

// The oldest records of both topics are gone, as retention takes them: the
// newest of each key remain.
TEST_F(EveryCommandTest, AHeadThatIsGone) {
  BrokerPipeline pipeline("every-head", 1);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  const auto end = pipeline.client().EndOffset(pipeline.results(), Partition(0),
                                               Isolation::kCommitted);
  ASSERT_THAT(end, IsOk());
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "4"), IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  ASSERT_THAT(pipeline.client().AlterTopicConfig(
                  pipeline.results(), "cleanup.policy", "compact,delete"),
              IsOk());
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.results(), Partition(0), *end),
      IsOk());
  ASSERT_THAT(pipeline.client().DeleteRecords(pipeline.input(), Partition(0),
                                              Offset(2)),
              IsOk());
  ASSERT_THAT(pipeline.client().AlterTopicConfig(pipeline.results(),
                                                 "cleanup.policy", "compact"),
              IsOk());
  Ask(pipeline, {{"status", 0, "all well"},
                 {"list", 0, "IBM"},
                 {"get IBM", 0, "IBM"},
                 {"explain IBM", 7, "is no longer retained"},
                 {"history IBM", 0, "1 version"},
                 {"plot IBM", 0, "</svg>"},
                 {"verify", 7, "partial"},
                 {"audit", 0, "every offset accounted for"},
                 {"export", 0, "digest verified"},
                 {"watch --limit=1", 0, "1 key, lag 0"},
                 {"diff --partition=0 --from_offset=1", 7, "unavailable"},
                 {"replay", 0, "2 records"},
                 {"rewind --to_earliest", 2, "is no longer retained"},
                 {"doctor", 0, "the input before offset 2 is no longer"}});
}

}  // namespace
}  // namespace exactmean

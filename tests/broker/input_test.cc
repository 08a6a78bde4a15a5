// Hostile input to the shipped binary under SKIP: every bad record is counted,
// every good one between them applied. And the updates topic says what the
// results topic says, commit by commit, through kills.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "simdjson.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr size_t kMegabyte = 990'000;  // what a broker takes by default
constexpr size_t kLevels = 10'000;

std::string Nested(size_t levels) {
  return absl::StrCat(std::string(levels, '['), std::string(levels, ']'));
}

std::vector<std::string> BadValues() {
  return {
      "",
      " ",
      "{",
      R"({"v":1,"t":)",
      R"({"v":1,"t":2)",
      R"({"v":1,"t":2}})",
      "\xEF\xBB\xBF{\"v\":1,\"t\":2}",
      "42",
      "null",
      std::string(kMegabyte, 'x'),
      std::string(kMegabyte, '['),
      Nested(kLevels),
      std::string(kLevels, '['),
      absl::StrCat(R"({"v":)", Nested(kLevels), R"(,"t":2})"),
      // The year 9000: far ahead of the record's own timestamp.
      R"({"v":1,"t":221845392000000})",
      // Wrong types.
      R"({"v":true,"t":2})",
      R"({"v":null,"t":2})",
      R"({"v":{"v":1},"t":2})",
      R"({"v":[1],"t":2})",
      R"({"v":"one","t":2})",
      R"({"v":"","t":2})",
      // No finite number that the windows can hold.
      R"({"v":NaN,"t":2})",
      R"({"v":"NaN","t":2})",
      R"({"v":Infinity,"t":2})",
      R"({"v":"-inf","t":2})",
      R"({"v":1e999,"t":2})",
      R"({"v":-1e200,"t":2})",
      R"({"v":0x10,"t":2})",
      // Members missing, twice, or elsewhere.
      R"({"t":2})",
      R"({"v":1})",
      R"({"v":1,"v":1,"t":2})",
      R"([{"v":1,"t":2}])",
      "{\"v\":1,\"t\":2,\"x\":\"\xff\xfe\"}",
      // Times that no calendar has.
      R"({"v":1,"t":"soon"})",
      R"({"v":1,"t":-99999999999999999})",
      R"({"v":1,"t":999999999999999999})",
      R"({"v":1,"t":1e300})",
      absl::StrCat(R"({"x":)", Nested(kLevels), R"(,"v":1,"t":2})"),
  };
}

// By key: each is applied.
std::map<std::string, std::string> OddButGood() {
  return {
      {"", R"({"v":1,"t":2})"},
      {"\xff\xfe\x80", R"({"v":1,"t":2})"},
      {std::string("\0zero", 5), R"({"v":1,"t":2})"},
      {std::string(65536, 'k'), R"({"v":1,"t":2})"},
      {"__exactmean", R"({"v":1,"t":2})"},
      {"before 1970", R"({"v":1,"t":-1})"},
      {"text", R"({"v":"1","t":"2"})"},
      {"tiny", R"({"v":1e-999,"t":2})"},
      {"large", absl::StrCat(R"({"x":")", std::string(kMegabyte - 1000, 'x'),
                             R"(","v":1,"t":2})")},
      {"deep elsewhere",
       absl::StrCat(R"({"x":)", Nested(200), R"(,"v":1,"t":2})")},
  };
}

std::vector<absl::optional<std::string>> BadKeys() {
  return {absl::nullopt, std::string(kCheckpointKey), "__exactmean/",
          "__exactmean/segment/1", std::string(65537, 'k')};
}

Record RecordOf(absl::optional<std::string> key, std::string value) {
  Record record;
  record.key = std::move(key);
  record.value = std::move(value);
  return record;
}

TEST(InputTest, BadRecordsAreCountedAndTheOthersApplied) {
  BrokerPipeline pipeline("hostile", 1);
  ASSERT_THAT(pipeline.client().CreateTopic("hostile-updates", 1), IsOk());
  pipeline.extra_config =
      R"(input { json { value: "/v" }
                 event_time { field: "/t" format: EPOCH_MILLIS } }
         updates { topic: "hostile-updates" })";
  std::vector<Record> records;
  uint64_t good = 0, bad = 0;
  const auto add_bad = [&](absl::optional<std::string> key,
                           const std::string& value) {
    records.push_back(RecordOf(std::move(key), value));
    ++bad;
    records.push_back(
        RecordOf("good", absl::StrCat(R"({"v":)", bad, R"(,"t":)", bad, "}")));
    ++good;
  };
  for (const std::string& value : BadValues()) {
    add_bad(absl::StrCat("bad ", value.substr(0, 40)), value);
  }
  for (const auto& key : BadKeys()) add_bad(key, R"({"v":1,"t":2})");
  for (const auto& [key, value] : OddButGood()) {
    records.push_back(RecordOf(key, value));
    ++good;
  }
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.input(), records), IsOk());

  // Once, and again: a restart restores odd keys like any other.
  for (int run = 0; run < 2; ++run) {
    const auto instance = pipeline.Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT((*instance)->AwaitLog("starts at offset"), IsOk());
    ASSERT_THAT(pipeline.AwaitCaughtUp(), IsOk()) << (*instance)->Log();
    const auto checkpoint = pipeline.Checkpoint(Partition(0));
    ASSERT_THAT(checkpoint, IsOk());
    EXPECT_EQ(checkpoint->dispositions().applied(), good);
    EXPECT_EQ(checkpoint->dispositions().skipped(), bad);
    auto snapshots = pipeline.Snapshots();
    ASSERT_THAT(snapshots, IsOk());
    for (const auto& [key, value] : OddButGood()) {
      EXPECT_EQ(snapshots->erase("0/" + key), 1u) << key.substr(0, 40);
    }
    ASSERT_EQ(snapshots->size(), 1u) << snapshots->rbegin()->first;
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot((*snapshots)["0/good"], &snapshot), IsOk());
    EXPECT_EQ(snapshot.averages(1).count(), bad);
    EXPECT_EQ(snapshot.averages(1).average(), static_cast<double>(bad + 1) / 2);
    EXPECT_EQ(snapshot.event_time(), static_cast<int64_t>(bad) * 1000);
    ASSERT_THAT((*instance)->Kill(), IsOk());
  }
  // Whatever the key, an update is JSON.
  const auto updates = pipeline.client().ReadTopic("hostile-updates");
  ASSERT_THAT(updates, IsOk());
  ASSERT_GE(updates->size(), OddButGood().size() + 1);
  simdjson::dom::parser parser;
  for (const Record& update : *updates) {
    EXPECT_EQ(parser.parse(*update.value).error(), simdjson::SUCCESS)
        << *update.value;
  }
}

// What a key was at one commit: its averages and counts; none when deleted.
using Moment = std::vector<std::pair<double, uint64_t>>;
using History = std::map<std::string, std::vector<Moment>>;

std::string Place(const Record& record) {
  return absl::StrCat(record.partition.value(), "/", *record.key);
}

void HistoryOfResults(const std::vector<Record>& results, History* to) {
  for (const Record& record : results) {
    if (IsReservedKey(*record.key)) continue;
    Moment& moment = (*to)[Place(record)].emplace_back();
    if (!record.value.has_value()) continue;
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot(*record.value, &snapshot), IsOk());
    for (const results::Average& average : snapshot.averages()) {
      moment.emplace_back(average.average(), average.count());
    }
  }
}

void HistoryOfUpdates(const std::vector<Record>& updates, History* to) {
  simdjson::dom::parser parser;
  for (const Record& record : updates) {
    simdjson::dom::element update;
    ASSERT_EQ(parser.parse(*record.value).get(update), simdjson::SUCCESS)
        << *record.value;
    std::string_view key;  // simdjson's
    ASSERT_EQ(update["key"].get(key), simdjson::SUCCESS);
    EXPECT_EQ(key, *record.key);
    Moment& moment = (*to)[Place(record)].emplace_back();
    bool deleted = false;
    if (update["deleted"].get(deleted) == simdjson::SUCCESS) {
      EXPECT_TRUE(deleted);
      continue;
    }
    for (const char* window : {"last", "all"}) {
      auto& [average, count] = moment.emplace_back();
      const auto found = update["averages"][window];
      ASSERT_EQ(found["average"].get(average), simdjson::SUCCESS)
          << *record.value;
      ASSERT_EQ(found["count"].get(count), simdjson::SUCCESS) << *record.value;
    }
  }
}

TEST(InputTest, UpdatesAreTheResultsCommitByCommit) {
  BrokerPipeline pipeline("updates", 2);
  ASSERT_THAT(pipeline.client().CreateTopic("updates-json", 2), IsOk());
  pipeline.extra_config = R"(updates { topic: "updates-json" })";
  const auto instance = pipeline.ProduceThroughKills("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk()) << (*instance)->Log();

  const auto results = pipeline.client().ReadTopic(pipeline.results());
  ASSERT_THAT(results, IsOk());
  const auto updates = pipeline.client().ReadTopic("updates-json");
  ASSERT_THAT(updates, IsOk());
  History want, got;
  ASSERT_NO_FATAL_FAILURE(HistoryOfResults(*results, &want));
  ASSERT_NO_FATAL_FAILURE(HistoryOfUpdates(*updates, &got));
  EXPECT_GT(want.size(), 40u);
  EXPECT_EQ(got, want);
}

}  // namespace
}  // namespace exactmean

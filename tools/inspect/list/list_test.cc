// Lists of what a fake results topic holds: which keys, in which order, as
// which text.

#include "tools/inspect/list/list.h"

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/list/any_checkpoint.h"
#include "tools/inspect/list/list_writer.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ListTest : public ::testing::Test {
 protected:
  ListTest() : log_(&cluster_, &plan_, {"out"}) {
    cluster_.CreateTopic("out", 2);
    spec_.columns = UsualColumns(windows_);
    options_.clock = &clock_;
  }

  void Put(int32_t partition, const std::string& key, uint64_t records,
           double average) {
    results::Snapshot snapshot;
    snapshot.set_format(kSnapshotFormat);
    snapshot.set_records(records);
    snapshot.set_last_offset(static_cast<int64_t>(records) + 100);
    snapshot.set_event_time(1500000000000000 +
                            static_cast<int64_t>(records) * 1000000);
    results::Average* const last = snapshot.add_averages();
    last->set_average(average);
    last->set_count(2);
    last->set_min(average - 1);
    last->set_max(average + 1);
    last->set_stddev(0.5);
    results::Average* const smooth = snapshot.add_averages();
    smooth->set_average(-average);
    smooth->set_count(records);
    Write(partition, key, EncodeResult(snapshot));
  }
  void Write(int32_t partition, const std::string& key,
             absl::optional<absl::string_view> value) {
    cluster_.Produce("out", Partition(partition), key, value);
  }
  // A dozen records; live are a, b, c, d and the bytes ff.
  void Fill() {
    Put(0, "b", 1, 100);
    Put(0, "gone", 9, 9);
    Put(0, "a", 5, 10);
    Write(0, "__exactmean/checkpoint", "not looked at");
    Put(1, "d", 2, -3);
    Put(0, "b", 2, 20);
    Write(0, "gone", absl::nullopt);
    Put(1, "c", 4, 20);
    Write(0, "back", absl::nullopt);
    Put(0, "\xff", 3, 7);
  }

  std::vector<Stretch> Stretches() {
    const auto stretches =
        CommittedPartitions(&log_, {Partition(0), Partition(1)}, options_);
    EXPECT_THAT(stretches, IsOk());
    return *stretches;
  }
  // Keys with their records.
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    status_ = List(&log_, Stretches(), spec_, options_, [&](const ListRow& r) {
      keys.push_back(absl::StrCat(PrintableKey(r.key), r.deleted ? " gone" : "",
                                  r.deleted ? "" : ":",
                                  r.deleted ? "" : absl::StrCat(r.cells[0])));
    });
    return keys;
  }
  std::vector<std::string> Sorted(const std::string& by, size_t limit = 0) {
    const auto order = ParseOrder(by, windows_);
    EXPECT_THAT(order, IsOk());
    spec_.order = *order;
    spec_.limit = limit;
    auto keys = Keys();
    EXPECT_THAT(status_, IsOk());
    return keys;
  }
  std::string Text(OutputFormat format, int width = 0, const char* way = "") {
    std::ostringstream out;
    Terminal terminal;
    terminal.width = width;
    ListWriter writer(&out, format, terminal, spec_.columns, windows_, way);
    status_ = List(&log_, Stretches(), spec_, options_,
                   [&](const ListRow& row) { writer.Add(row); });
    writer.Finish();
    return out.str();
  }

  FakeCluster cluster_;
  FaultPlan plan_;
  FakeResultsLog log_;
  MonotonicClock clock_;
  ScanOptions options_;
  const std::vector<NamedWindow> windows_ = {{"last", true}, {"smooth", false}};
  ListSpec spec_;
  absl::Status status_;
};

TEST_F(ListTest, InEachOrder) {
  Fill();
  EXPECT_THAT(Sorted("key"),
              ElementsAre("a:5", "b:2", "c:4", "d:2", "\\xff:3"));
  EXPECT_THAT(Sorted("-key"),
              ElementsAre("\\xff:3", "d:2", "c:4", "b:2", "a:5"));
  EXPECT_THAT(Sorted("records"),
              ElementsAre("b:2", "d:2", "\\xff:3", "c:4", "a:5"));
  EXPECT_THAT(Sorted("-time"),
              ElementsAre("a:5", "c:4", "\\xff:3", "b:2", "d:2"));
  EXPECT_THAT(Sorted("last"),
              ElementsAre("d:2", "\\xff:3", "a:5", "b:2", "c:4"));
  EXPECT_THAT(Sorted("-last.max"),
              ElementsAre("b:2", "c:4", "a:5", "\\xff:3", "d:2"));
  EXPECT_THAT(Sorted("none"), ::testing::UnorderedElementsAre(
                                  "a:5", "b:2", "c:4", "d:2", "\\xff:3"));
}

TEST_F(ListTest, ALimitGivesTheFirstOfTheWhole) {
  Fill();
  for (const std::string by : {"key", "-key", "records", "-records", "last",
                               "-last", "smooth", "-smooth", "none"}) {
    const auto all = Sorted(by);
    for (size_t limit = 1; limit <= all.size() + 1; ++limit) {
      const auto some = Sorted(by, limit);
      EXPECT_EQ(some,
                std::vector<std::string>(
                    all.begin(), all.begin() + std::min(limit, all.size())))
          << by;
    }
  }
}

TEST_F(ListTest, KeysThatAreAlikeInTheirFirstBytes) {
  for (const std::string key : {"prefix-0002", "prefix-0001", "prefix-", "p"}) {
    Put(0, key, 1, 1);
  }
  Put(1, "p", 2, 1);
  EXPECT_THAT(Sorted("key"), ElementsAre("p:1", "p:2", "prefix-:1",
                                         "prefix-0001:1", "prefix-0002:1"));
  EXPECT_THAT(Sorted("-key", 2), ElementsAre("prefix-0002:1", "prefix-0001:1"));
}

TEST_F(ListTest, Filters) {
  Fill();
  const auto filter = KeyFilter::Create("\\xff", "");
  ASSERT_THAT(filter, IsOk());
  spec_.filter = *filter;
  EXPECT_THAT(Sorted("key"), ElementsAre("\\xff:3"));
  spec_.filter = *KeyFilter::Create("", "?");
  EXPECT_THAT(Sorted("key", 2), ElementsAre("a:5", "b:2"));
  spec_.filter = *KeyFilter::Create("x", "");
  EXPECT_THAT(Sorted("key"), IsEmpty());
}

TEST_F(ListTest, TombstonesOnRequest) {
  Fill();
  spec_.tombstones = true;
  EXPECT_THAT(Sorted("key"), ElementsAre("a:5", "b:2", "back gone", "c:4",
                                         "d:2", "gone gone", "\\xff:3"));
  EXPECT_THAT(Sorted("-records", 6),
              ElementsAre("a:5", "c:4", "\\xff:3", "b:2", "d:2", "back gone"));
  Put(0, "back", 8, 8);
  EXPECT_THAT(Sorted("key", 3), ElementsAre("a:5", "b:2", "back:8"));
}

TEST_F(ListTest, WhatIsNoSnapshotIsNamedAndTheRestListed) {
  Fill();
  Write(0, "a", "no snapshot");
  Write(0, "healed", "no snapshot");
  Put(0, "healed", 6, 6);
  for (const std::string by : {"key", "records", "none"}) {
    for (const size_t limit : {0, 10}) {
      spec_.order = *ParseOrder(by, windows_);
      spec_.limit = limit;
      EXPECT_EQ(Keys().size(), 5u);
      EXPECT_THAT(status_, StatusIs(absl::StatusCode::kDataLoss,
                                    HasSubstr("partition 0, offset 8, key "
                                              "\"a\"")));
    }
  }
}

TEST_F(ListTest, OrdersThatAreNone) {
  EXPECT_THAT(ParseOrder("size", windows_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no column \"size\"; there are records")));
  EXPECT_THAT(
      ParseOrder("-none", windows_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--sort takes")));
}

TEST_F(ListTest, AsATable) {
  Fill();
  EXPECT_EQ(Text(OutputFormat::kText),
            "KEY   RECORDS            EVENT TIME  last  smooth\n"
            "a           5  2017-07-14T02:40:05Z    10     -10\n"
            "b           2  2017-07-14T02:40:02Z    20     -20\n"
            "c           4  2017-07-14T02:40:04Z    20     -20\n"
            "d           2  2017-07-14T02:40:02Z    -3       3\n"
            "\\xff        3  2017-07-14T02:40:03Z     7      -7\n");
  spec_.columns = *ParseColumns("last.min,offset,last_offset", windows_);
  spec_.tombstones = true;
  spec_.filter = *KeyFilter::Create("", "*a*");
  EXPECT_EQ(Text(OutputFormat::kText),
            "KEY   last.min  OFFSET  LAST OFFSET\n"
            "a            9       2          105\n"
            "back         -       6            -\n");
}

TEST_F(ListTest, ALongKeyIsCutInTheTableToTheTerminalsWidth) {
  Put(0, std::string(1000, 'x'), 1, 1);
  EXPECT_THAT(Text(OutputFormat::kText),
              HasSubstr("\n" + std::string(1000, 'x') + "  "));
  EXPECT_EQ(Text(OutputFormat::kText, 70).find('\n'), 70u);
  EXPECT_THAT(Text(OutputFormat::kJson), HasSubstr(std::string(1000, 'x')));
}

TEST_F(ListTest, WithoutRoomTheLastColumnsAreLeftOutAndNamed) {
  Put(0, "sensor-027860", 1, 1);
  EXPECT_EQ(Text(OutputFormat::kText, 52, "see --columns"),
            "KEY            RECORDS            EVENT TIME  last\n"
            "sensor-027860        1  2017-07-14T02:40:01Z     1\n"
            "no room for smooth: see --columns\n");
  // What was asked for is shown.
  EXPECT_THAT(Text(OutputFormat::kText, 52), HasSubstr("  smooth\n"));
}

TEST_F(ListTest, AsJson) {
  Fill();
  spec_.columns = AllColumns(windows_);
  spec_.tombstones = true;
  const std::string json = Text(OutputFormat::kJson);
  EXPECT_THAT(
      json,
      HasSubstr("{\"key\":\"b\",\"records\":2,"
                "\"event_time\":\"2017-07-14T02:40:02Z\",\"partition\":0,"
                "\"offset\":4,\"last_offset\":102,"
                "\"averages\":{\"last\":{\"average\":20,\"count\":2,\"min\":19,"
                "\"max\":21,\"stddev\":0.5},"
                "\"smooth\":{\"average\":-20,\"count\":2}}}\n"));
  EXPECT_THAT(json, HasSubstr("{\"key\":\"\xEF\xBF\xBD\","
                              "\"key_base64\":\"/w==\",\"records\":3"));
  EXPECT_THAT(json,
              HasSubstr("{\"key\":\"gone\",\"deleted\":true,\"records\":null,"
                        "\"event_time\":null,\"partition\":0,\"offset\":5,"
                        "\"last_offset\":null}\n"));
  spec_.columns = *ParseColumns("smooth", windows_);
  spec_.limit = 1;
  EXPECT_EQ(Text(OutputFormat::kJson),
            "{\"key\":\"a\",\"averages\":{\"smooth\":{\"average\":-10}}}\n");
  spec_.columns = *ParseColumns("partition", windows_);
  EXPECT_EQ(Text(OutputFormat::kJson), "{\"key\":\"a\",\"partition\":0}\n");
}

TEST_F(ListTest, ATableOfManyRowsKeepsTheWidthsOfItsFirst) {
  for (int i = 0; i < 2500; ++i) Put(0, absl::StrCat("k", i), 1, i);
  const std::string text = Text(OutputFormat::kText);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2501);
  EXPECT_THAT(text, HasSubstr("\nk999 "));
}

TEST_F(ListTest, ADeletedCheckpointIsDataLoss) {
  results::Checkpoint checkpoint;
  checkpoint.set_format(kCheckpointFormat);
  Write(0, "__exactmean/checkpoint", EncodeResult(checkpoint));
  const auto found = AnyCheckpoint(&log_, Stretches(), options_);
  ASSERT_THAT(found, IsOk());
  EXPECT_TRUE(found->has_value());
  Write(0, "__exactmean/checkpoint", absl::nullopt);
  EXPECT_THAT(AnyCheckpoint(&log_, Stretches(), options_),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 0, offset 1: the checkpoint was "
                                 "deleted")));
  // As in a restore, one that a good one follows does not matter.
  Write(0, "__exactmean/checkpoint", EncodeResult(checkpoint));
  EXPECT_THAT(AnyCheckpoint(&log_, Stretches(), options_), IsOk());
}

}  // namespace
}  // namespace exactmean

// Histories of keys: every version, gaps, charts.

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "tests/status_matchers.h"
#include "tools/inspect/explain/key_course.h"
#include "tools/inspect/explain/render_history.h"
#include "tools/inspect/explain/written_state_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

StateSpec TwoWindows() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() : state_(TwoWindows()) {
    state_.Fold("IBM", "1", 1000);
    state_.Commit();
    state_.Fold("MSFT", "1", 1001);
    state_.Fold("IBM", "2", 1002);
    state_.Commit();
    state_.Fold("IBM", absl::nullopt, 1003);
    state_.Commit();
    state_.Fold("IBM", "8", 1004);
    state_.Fold("IBM", "9", 1005);
    state_.Fold("IBM", "10", 1006);
    state_.Commit();
  }
  // The same input under a window more of the same place, as `rewind` commits.
  void RewindToOthers() {
    StateSpec spec = TwoWindows();
    spec.windows[0].name = "last3";
    spec.windows[0].size = 3;
    const Pipeline other(spec, {"app", "in", 1});
    PartitionState state(&other, Partition(0));
    state.StartEmpty(Offset(0));
    for (int i = 0; i < 3; ++i) {
      state.Apply(Offset(4 + i), "IBM",
                  {8.0 + i, EventTime((1004 + i) * kSecond)});
    }
    const ChangeSet changes = state.Changes("app/rewind");
    state_.cluster().Produce("out", Partition(0), "IBM", changes.value(0),
                             1600000009000);
    state_.cluster().Produce("out", Partition(0), kCheckpointKey,
                             changes.checkpoint(), 1600000009000);
  }
  KeyHistory Ibm() {
    const auto histories = state_.Histories({"IBM"});
    EXPECT_THAT(histories, IsOk());
    return (*histories)[0];
  }

  WrittenState state_;
};

TEST_F(HistoryTest, AsText) {
  const std::string text = HistoryText(Ibm(), {}, false, 0);
  EXPECT_THAT(text,
              HasSubstr(
                  R"(key "IBM", partition 0: 4 versions in the results topic

OFFSET             COMMITTED  INPUT OFFSET  RECORDS  NEW            EVENT TIME  last2  all
     0  2020-09-13T12:26:40Z             0        1   +1  1970-01-01T00:16:40Z      1    1
     3  2020-09-13T12:26:41Z             2        2   +1  1970-01-01T00:16:42Z    1.5  1.5
     5  2020-09-13T12:26:42Z       deleted
     7  2020-09-13T12:26:43Z             6        3   +3  1970-01-01T00:16:46Z    9.5    9
2 records have no version of their own (NEW is more than +1): committed together with
later ones, or their versions were compacted away

last2
9.5 |)"));
  EXPECT_THAT(text, HasSubstr("\nall\n"));
  EXPECT_THAT(HistoryText(Ibm(), {}, true, 0), HasSubstr("\u2502"));
}

TEST_F(HistoryTest, TheNewest) {
  const std::string text = HistoryText(Ibm(), {}, false, 1);
  EXPECT_THAT(text, HasSubstr("4 versions in the results topic, the newest 1 "
                              "shown"));
  EXPECT_THAT(text, Not(HasSubstr("2020-09-13T12:26:40Z")));
}

TEST_F(HistoryTest, AsJson) {
  EXPECT_EQ(HistoryJson(Ibm(), 2),
            "{\"key\":\"IBM\",\"partition\":0,\"offset\":5,"
            "\"committed\":\"2020-09-13T12:26:42Z\",\"deleted\":true}\n"
            "{\"key\":\"IBM\",\"partition\":0,\"offset\":7,"
            "\"committed\":\"2020-09-13T12:26:43Z\",\"deleted\":false,"
            "\"last_offset\":6,\"records\":3,\"new_records\":3,"
            "\"event_time\":\"1970-01-01T00:16:46Z\",\"current\":true,"
            "\"averages\":{\"last2\":9.5,\"all\":9}}\n");
}

TEST_F(HistoryTest, VersionsOfAnotherConfigurationKeepTheirWindows) {
  RewindToOthers();
  const KeyHistory ibm = Ibm();
  const std::string text = HistoryText(ibm, {}, false, 2);
  EXPECT_THAT(text, HasSubstr(
                        R"(Of another configuration, before a rewind:

OFFSET             COMMITTED  INPUT OFFSET  RECORDS  NEW            EVENT TIME  last2  all
     7  2020-09-13T12:26:43Z             6        3   +3  1970-01-01T00:16:46Z    9.5    9

OFFSET             COMMITTED  INPUT OFFSET  RECORDS  NEW            EVENT TIME  last3  all
     9  2020-09-13T12:26:49Z             6        3   +0  1970-01-01T00:16:46Z      9    9
)"));
  EXPECT_THAT(text, Not(HasSubstr("\nlast3\n")));  // one point is no line
  const std::string json = HistoryJson(ibm, 2);
  EXPECT_THAT(json,
              HasSubstr("\"current\":false,\"averages\":{\"last2\":9.5,"));
  EXPECT_THAT(json, HasSubstr("\"current\":true,\"averages\":{\"last3\":9,"));
  EXPECT_EQ(SeriesOf(ibm, 0, "last3").points.size(), 1u);
  const KeyCourse course = CourseOf(ibm);
  EXPECT_EQ(course.averages[0].name, "last3");
  EXPECT_EQ(course.averages[0].points.size(), 1u);
}

TEST_F(HistoryTest, WhatARewindLeftAsItIsIsOfTheNewConfiguration) {
  // MSFT has had one record: a longer window changes nothing of it.
  RewindToOthers();
  const auto msft = state_.Histories({"MSFT"});
  ASSERT_THAT(msft, IsOk());
  ASSERT_EQ((*msft)[0].versions.size(), 1u);
  EXPECT_TRUE((*msft)[0].IsCurrent((*msft)[0].newest()));
  EXPECT_THAT(HistoryJson((*msft)[0], 0), HasSubstr("\"last3\":1"));
}

TEST_F(HistoryTest, ADeletedCheckpointIsDataLoss) {
  state_.cluster().Produce("out", Partition(0), kCheckpointKey, absl::nullopt);
  EXPECT_THAT(state_.Histories({"IBM"}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("the checkpoint was deleted")));
}

TEST_F(HistoryTest, CompactionLeavesGapsThatAreSaid) {
  state_.cluster().partition("out", Partition(0)).Compact({});
  const KeyHistory ibm = Ibm();
  EXPECT_EQ(ibm.versions.size(), 1u);
  EXPECT_THAT(HistoryText(ibm, {}, false, 0),
              HasSubstr("2 records have no version of their own"));
}

// Its tombstone is compacted away.
TEST_F(HistoryTest, AKeyThatWasDeletedAndCameBackBeginsAnew) {
  KeyHistory history;
  history.key = "k";
  for (const auto& [last, records] : {std::pair(4, 5), std::pair(9, 2)}) {
    KeyVersion& version = history.versions.emplace_back();
    version.snapshot.emplace().set_last_offset(last);
    version.snapshot->set_records(static_cast<uint64_t>(records));
  }
  EXPECT_THAT(HistoryJson(history, 1), HasSubstr("\"new_records\":2,"));
  EXPECT_THAT(HistoryText(history, {}, false, 0),
              HasSubstr("5 records have no version of their own"));
}

TEST_F(HistoryTest, WhatIsNoSnapshotIsNamed) {
  state_.cluster().Produce("out", Partition(0), "IBM", "no snapshot");
  EXPECT_THAT(state_.Histories({"IBM"}),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("partition 0, offset 9: key \"IBM\"")));
  EXPECT_THAT(state_.Histories({"MSFT"}), IsOk());
  // As in a restore, one that a good one follows does not matter.
  state_.Fold("IBM", "5", 3000);
  state_.Commit();
  const auto histories = state_.Histories({"IBM"});
  ASSERT_THAT(histories, IsOk());
  EXPECT_THAT(HistoryText((*histories)[0], {}, false, 0),
              HasSubstr("1 record left out: no snapshots"));
}

}  // namespace
}  // namespace exactmean

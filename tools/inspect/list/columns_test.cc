// Columns by name, their cells, their order.

#include "tools/inspect/list/columns.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<NamedWindow>& Windows() {
  static const auto* const kWindows =
      new std::vector<NamedWindow>{{"last", true}, {"smooth", false}};
  return *kWindows;
}

results::Snapshot ASnapshot() {
  results::Snapshot snapshot;
  snapshot.set_records(7);
  snapshot.set_event_time(1500000002000000);
  snapshot.set_last_offset(41);
  results::Average* const last = snapshot.add_averages();
  last->set_average(2.5);
  last->set_count(2);
  last->set_min(-1);
  last->set_max(6);
  last->set_stddev(3.5);
  return snapshot;
}

std::string TextOf(const std::string& name) {
  const auto column = ParseColumn(name, Windows());
  if (!column.ok()) return std::string(column.status().message());
  return CellText(*column,
                  CellOf(*column, ASnapshot(), Partition(3), Offset(9)));
}

TEST(ColumnsTest, ByName) {
  EXPECT_EQ(TextOf("records"), "7");
  EXPECT_EQ(TextOf("time"), "2017-07-14T02:40:02Z");
  EXPECT_EQ(TextOf("partition"), "3");
  EXPECT_EQ(TextOf("offset"), "9");
  EXPECT_EQ(TextOf("last_offset"), "41");
  EXPECT_EQ(TextOf("last"), "2.5");
  EXPECT_EQ(TextOf("last.average"), "2.5");
  EXPECT_EQ(TextOf("last.count"), "2");
  EXPECT_EQ(TextOf("last.min"), "-1");
  EXPECT_EQ(TextOf("last.max"), "6");
  EXPECT_EQ(TextOf("last.stddev"), "3.5");
  EXPECT_EQ(TextOf("smooth"), "-");  // not in this snapshot
}

TEST(ColumnsTest, NoSuchColumn) {
  EXPECT_THAT(TextOf("lastly"), HasSubstr("no column \"lastly\"; there are "
                                          "records, time, partition, offset, "
                                          "last_offset, last, smooth"));
  EXPECT_THAT(TextOf("last.mean"), HasSubstr("no column"));
  EXPECT_THAT(TextOf("smooth.min"), HasSubstr("no column"));
  EXPECT_THAT(ParseColumns("records,", Windows()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"\"")));
  EXPECT_THAT(ParseColumns("last,last.average", Windows()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("twice")));
}

TEST(ColumnsTest, Lists) {
  const auto names = [](const std::vector<Column>& columns) {
    std::vector<std::string> result;
    for (const Column& column : columns) result.push_back(column.name);
    return result;
  };
  EXPECT_THAT(names(UsualColumns(Windows())),
              ElementsAre("records", "time", "last", "smooth"));
  EXPECT_THAT(
      names(AllColumns(Windows())),
      ElementsAre("records", "time", "partition", "offset", "last_offset",
                  "last.average", "last.count", "last.min", "last.max",
                  "last.stddev", "smooth.average", "smooth.count"));
  const auto parsed = ParseColumns("last.min, time", Windows());
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(names(*parsed), ElementsAre("last.min", "time"));
}

TEST(ColumnsTest, RanksAreInTheOrderOfTheNumbers) {
  const Column real{"last", Column::Field::kAverage, 0};
  const std::vector<double> reals = {-1e140, -2, -1e-300, 0, 1e-300, 2, 1e140};
  for (size_t i = 1; i < reals.size(); ++i) {
    EXPECT_LT(RankOf(real, CellOfReal(reals[i - 1])),
              RankOf(real, CellOfReal(reals[i])));
  }
  EXPECT_EQ(CellText(real, CellOfReal(-0.0)), "0");
  const Column integer{"records", Column::Field::kRecords, -1};
  EXPECT_LT(RankOf(integer, -1), RankOf(integer, 0));
  EXPECT_LT(RankOf(integer, 1), RankOf(integer, 2));
  EXPECT_LT(RankOf(real, CellOfReal(1e140)), RankOf(real, kNoCell));
}

}  // namespace
}  // namespace exactmean

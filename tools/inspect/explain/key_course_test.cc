// Courses of keys: from versions, from records, from both.

#include "tools/inspect/explain/key_course.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"
#include "tools/inspect/explain/written_state_testing.h"

namespace exactmean {
namespace {

StateSpec Spec() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

TEST(KeyCourseTest, BetweenVersionsItIsRecomputed) {
  WrittenState state(Spec());
  for (int i = 0; i < 6; ++i) {
    state.Fold("IBM", absl::StrCat(i), 1000 + i);
    if (i == 2) state.Commit();
  }
  state.Commit();
  const auto histories = state.Histories({"IBM"});
  ASSERT_THAT(histories, IsOk());
  const auto explanation = state.ExplainKey("IBM");
  ASSERT_THAT(explanation, IsOk());

  const KeyCourse alone = CourseOf((*histories)[0]);
  ASSERT_EQ(alone.averages.size(), 2u);
  EXPECT_EQ(alone.averages[0].points.size(), 2u);

  const KeyCourse course =
      CourseOf((*histories)[0], *explanation, state.options().spec);
  EXPECT_EQ(course.values.points.size(), 6u);
  ASSERT_EQ(course.averages[0].points.size(), 6u);
  EXPECT_EQ(course.averages[0].name, "last2");
  EXPECT_EQ(course.averages[0].points[4].value, 3.5);
  EXPECT_EQ(course.averages[0].points[4].time_us, 1004000000);
  EXPECT_EQ(course.averages[1].points[5].value, 2.5);
}

TEST(KeyCourseTest, WhatIsNotKnownIsNotDrawn) {
  WrittenState state(Spec());
  for (int i = 0; i < 6; ++i) state.Fold("IBM", absl::StrCat(i), 1000 + i);
  state.Commit();
  state.input().DeleteBefore(Offset(3));
  const auto histories = state.Histories({"IBM"});
  const auto explanation = state.ExplainKey("IBM");
  ASSERT_THAT(explanation, IsOk());
  const KeyCourse course =
      CourseOf((*histories)[0], *explanation, state.options().spec);
  EXPECT_EQ(course.values.points.size(), 3u);
  ASSERT_EQ(course.averages[0].points.size(), 2u);  // from the second on
  EXPECT_EQ(course.averages[0].points[0].value, 3.5);
  ASSERT_EQ(course.averages[1].points.size(), 1u);  // the snapshot's
  EXPECT_EQ(course.averages[1].points[0].value, 2.5);
}

// A retried record leaves the key's last offset where it was.
TEST(KeyCourseTest, VersionsOfOneLastOffsetAreAllDrawn) {
  WrittenState state(Spec());
  state.SendToRetry("IBM", "9", 1000);
  state.Fold("IBM", "1", 1001);
  state.Commit();
  state.FoldRetried("IBM", 9, 1000);
  state.Commit();
  const auto histories = state.Histories({"IBM"});
  ASSERT_THAT(histories, IsOk());
  const KeyCourse course =
      CourseOf((*histories)[0], Explanation(), state.options().spec);
  const std::vector<Point>& all = course.averages[1].points;
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].value, 1);
  EXPECT_EQ(all[1].value, 5);
}

}  // namespace
}  // namespace exactmean

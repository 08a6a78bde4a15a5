// Explanations of what the state itself wrote: they agree, and tell when it is
// not what the input gives.

#include "tools/inspect/explain/explain.h"

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/explain/written_state_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// Changes IBM's newest snapshot behind the state's back.
void Forge(WrittenState* state,
           const std::function<void(results::Snapshot*)>& change) {
  const auto histories = state->Histories({"IBM"});
  ASSERT_THAT(histories, IsOk());
  results::Snapshot snapshot = *(*histories)[0].newest().snapshot;
  change(&snapshot);
  state->cluster().Produce("out", Partition(0), "IBM", EncodeResult(snapshot));
}

const WindowExplanation& Named(const Explanation& e, const std::string& name) {
  for (const WindowExplanation& window : e.windows) {
    if (window.window.name == name) return window;
  }
  ADD_FAILURE() << "no window " << name;
  return e.windows[0];
}

std::string Text(const Explanation& e) { return ExplanationText(e, {}, 0); }

TEST(ExplainTest, EveryKindOfWindowAgreesBitForBit) {
  for (const int others : {0, 1000}) {
    WrittenState state(EveryKind());
    Fill(&state, others);
    state.Commit();
    const auto e = state.ExplainKey("IBM");
    ASSERT_THAT(e, IsOk());
    EXPECT_TRUE(e->complete);
    EXPECT_EQ(e->folded.size(), 9u);
    EXPECT_FALSE(e->Differs());
    EXPECT_TRUE(e->Decided());
    for (const WindowExplanation& window : e->windows) {
      EXPECT_EQ(window.verdict, Verdict::kAgrees) << window.window.name;
      EXPECT_EQ(window.stored, window.recomputed) << window.window.name;
    }
    EXPECT_EQ(Named(*e, "last3").members.size(), 3u);
    EXPECT_EQ(Named(*e, "ten").members.size(), 5u);
    double sum = 0;
    for (const double weight : Named(*e, "decay").weights) sum += weight;
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(ExplainTest, WhatCameByARetryTopicIsNotExplained) {
  WrittenState state(EveryKind());
  state.Fold("IBM", "10", 1000);
  state.Fold("MSFT", "1", 1001);
  state.state().BeginRetries("later", Offset(0));
  const Offset offset =
      state.cluster().Produce("in", Partition(0), "IBM", "20", 1012000);
  state.state().SendToRetry(offset, {0, "later"}, OwnedRecord());
  state.Commit();
  const auto refused = [&] {
    const auto e = state.ExplainKey("IBM");
    EXPECT_EQ(ReasonOf(e.status()), StopReason::kIncomplete) << e.status();
    EXPECT_THAT(e.status().message(), HasSubstr("1 record went to retry"));
  };
  refused();
  state.Fold("IBM", "30", 1013);
  state.state().ApplyRetried({"later", Offset(0), offset}, "IBM",
                             {20, EventTime(1012000000)});
  state.Commit();
  refused();
  // Another key is what its records make it.
  EXPECT_THAT(state.ExplainKey("MSFT"), IsOk());
}

TEST(ExplainTest, AsText) {
  WrittenState state(EveryKind());
  state.Fold("IBM", "10", 1000);
  state.Fold("MSFT", "1", 1001);
  state.Fold("IBM", "oops", 1002);
  state.Fold("IBM", "20", 1012);
  state.Fold("IBM", "30.5", 1011);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_EQ(
      Text(*e),
      R"(key "IBM", partition 0: 3 records, the last at input offset 4, event time 1970-01-01T00:16:52Z; snapshot at results offset 0
read: input offsets 0 to before 5, where the state is; retained from 0

last3: 20.1667 = mean of these 3 records  agrees
ten: 25.25 = mean of these 2 records  agrees
panes: 20.1667 = mean of these 3 records  agrees
smooth: 22.75 = weighted mean of these 3 records, the newest weighing 50%  agrees
decay: 23.5175 = weighted mean of these 3 records, the newest weighing 42.3%  agrees
all: 20.1667 = sum 60.5 / 3 (all records)  agrees

PARTITION  OFFSET            EVENT TIME  VALUE  last3  ten  panes  smooth  decay  all  REMARK
        0       4  1970-01-01T00:16:51Z   30.5      x    x      x     50%  42.3%    x
        0       3  1970-01-01T00:16:52Z     20      x    x      x     25%  48.5%    x
        0       2                     -      -                                         skipped: value "oops" is not a decimal number
        0       0  1970-01-01T00:16:40Z     10      x           x     25%   9.2%    x
)");
}

TEST(ExplainTest, AsJson) {
  WrittenState state(EveryKind());
  state.Fold("IBM", "10", 1000);
  state.Fold("IBM", "20", 1012);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  const std::string json = ExplanationJson(*e);
  EXPECT_THAT(json, HasSubstr("{\"key\":\"IBM\",\"partition\":0,\"offset\":0,"
                              "\"deleted\":false,\"records\":2,"
                              "\"last_offset\":1,"));
  EXPECT_THAT(json,
              HasSubstr("{\"window\":\"smooth\",\"verdict\":\"agrees\","
                        "\"average\":15,\"count\":2,\"recomputed\":15,"
                        "\"found\":2,\"offsets\":[0,1],\"weights\":[0.5,0.5],"
                        "\"weight_of_rest\":0}"));
  EXPECT_THAT(json, HasSubstr("{\"offset\":0,\"fate\":\"folded\","
                              "\"event_time\":\"1970-01-01T00:16:40Z\","
                              "\"value\":10}"));
}

TEST(ExplainTest, AForgedAverageDiffers) {
  WrittenState state(EveryKind());
  Fill(&state, 3);
  state.Commit();
  for (int i = 0; i < 6; ++i) {
    const auto before = state.Histories({"IBM"});
    Forge(&state, [&](results::Snapshot* snapshot) {
      results::Average* const average = snapshot->mutable_averages(i);
      average->set_average(average->average() * (1 + 1e-15));
    });
    const auto e = state.ExplainKey("IBM");
    ASSERT_THAT(e, IsOk());
    EXPECT_TRUE(e->Differs());
    EXPECT_EQ(e->windows[static_cast<size_t>(i)].verdict, Verdict::kDiffers);
    EXPECT_THAT(Text(*e), HasSubstr("DIFFERS"));
    Forge(&state, [&](results::Snapshot* snapshot) {
      *snapshot = *(*before)[0].newest().snapshot;
    });
  }
  Forge(&state, [](results::Snapshot* snapshot) {
    snapshot->mutable_averages(0)->set_max(1000);
  });
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_THAT(Text(*e), HasSubstr("maximum 1000, deviation"));
}

TEST(ExplainTest, ARecordThatTheStateHasPassedAndDoesNotHold) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.FoldNot("IBM", "99", 1030);
  state.Fold("MSFT", "1", 1031);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_TRUE(e->Differs());
  ASSERT_EQ(e->missed.size(), 1u);
  EXPECT_EQ(e->missed[0].offset, Offset(9));
  EXPECT_THAT(Text(*e), HasSubstr("MISSED: not in the snapshot"));
}

TEST(ExplainTest, ARecordFoldedInTwice) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.Commit();
  Forge(&state, [](results::Snapshot* snapshot) {
    snapshot->set_records(snapshot->records() + 1);
    results::Average* const all = snapshot->mutable_averages(5);
    all->set_count(all->count() + 1);
  });
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_EQ(Named(*e, "all").verdict, Verdict::kDiffers);
  EXPECT_EQ(Named(*e, "last3").verdict, Verdict::kAgrees);
}

TEST(ExplainTest, WhatIsNoLongerRetainedIsSaid) {
  WrittenState state(EveryKind());
  Fill(&state, 3);
  state.Commit();
  state.input().DeleteBefore(Offset(28));  // two of IBM's remain of nine
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_FALSE(e->Decided());
  EXPECT_EQ(e->folded.size(), 2u);
  for (const WindowExplanation& window : e->windows) {
    EXPECT_EQ(window.verdict, Verdict::kNotRetained) << window.window.name;
  }
  EXPECT_THAT(Text(*e),
              HasSubstr("cannot be told: 2 of 3 records were found: input "
                        "before offset 28 is no longer retained"));
  EXPECT_THAT(Text(*e), HasSubstr("the others weigh 25%"));
}

TEST(ExplainTest, ReadsNoFurtherThanItMust) {
  StateSpec spec = EveryKind();
  spec.windows = {spec.windows[0], spec.windows[3]};
  WrittenState state(spec);
  for (int i = 0; i < 20000; ++i) {
    state.Fold("IBM", absl::StrCat(i % 17), 1000 + i);
  }
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_GT(e->read_from, Offset(18000));
  EXPECT_FALSE(e->complete);
  EXPECT_EQ(Named(*e, "smooth").verdict, Verdict::kAgrees);
  EXPECT_GT(Named(*e, "smooth").members.size(), 50u);
  state.options().all_records = true;
  const auto all = state.ExplainKey("IBM");
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->folded.size(), 20000u);
}

TEST(ExplainTest, ALimitOfReading) {
  WrittenState state(EveryKind());
  Fill(&state, 1000);
  state.Commit();
  state.options().max_records = 500;
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_GT(e->read_from, Offset(0));
  EXPECT_EQ(Named(*e, "all").verdict, Verdict::kNotRetained);
  EXPECT_THAT(Text(*e), HasSubstr("was not read (--max_records)"));
}

TEST(ExplainTest, AnotherConfiguration) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.Commit();
  state.options().spec.windows[0].size = 4;
  EXPECT_THAT(state.ExplainKey("IBM"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("+ window last3 count size=4")));
}

TEST(ExplainTest, AnotherInputAndNoSuchKey) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.Commit();
  EXPECT_THAT(state.ExplainKey("ibm"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"ibm\"")));
  state.cluster().RecreateTopic("in");
  EXPECT_THAT(
      state.ExplainKey("IBM"),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("made anew")));
}

}  // namespace
}  // namespace exactmean

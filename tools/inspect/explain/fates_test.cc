// Explanations of records that are not in the snapshot: late ones, those of
// before a deletion; and of keys that are gone.

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/function_step.h"
#include "tools/inspect/explain/explain.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/explain/written_state_testing.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

std::string Text(const Explanation& e) { return ExplanationText(e, {}, 0); }

TEST(FatesTest, LateRecordsAreToldFromOthers) {
  StateSpec spec = EveryKind();
  spec.grace_us = 5 * kSecond;
  WrittenState state(spec);
  state.Fold("IBM", "1", 1000);
  state.Fold("other", "1", 1100);
  state.Fold("IBM", "2", 1094);  // late by another key's time
  state.Fold("IBM", "3", 1095);
  state.Fold("IBM", "4", 1000);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_EQ(e->folded.size(), 2u);
  ASSERT_EQ(e->others.size(), 2u);
  EXPECT_EQ(e->others[0].offset, Offset(2));
  EXPECT_EQ(e->others[0].fate, InputRecord::Fate::kLate);
  EXPECT_THAT(Text(*e), HasSubstr("late: not folded in"));
}

// Doubles each value, and lets those below 0 go by; of "down" it cannot tell.
Reading WithStep(absl::Status down = absl::OkStatus()) {
  Reading reading;
  reading.step.name = "twice";
  reading.linked["twice"] =
      [down](const StepSpec&) -> absl::StatusOr<std::unique_ptr<Step>> {
    return std::make_unique<FunctionStep>(
        [down](const StepRecord& record)
            -> absl::StatusOr<absl::optional<Sample>> {
          if (record.key == "down" && !down.ok()) return down;
          if (!record.decoded.ok()) return record.decoded.status();
          if (record.decoded->value < 0) return absl::nullopt;
          return Sample{record.decoded->value * 2, record.decoded->time};
        });
  };
  return reading;
}

TEST(FatesTest, RecordsAreReadThroughTheStep) {
  WrittenState state(EveryKind());
  state.options().reading = WithStep();
  state.Fold("IBM", "1", 1000);
  state.Fold("IBM", "-1", 1001);
  state.Fold("IBM", "bad", 1001);
  state.Fold("IBM", "3", 1002);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  ASSERT_EQ(e->folded.size(), 2u);
  EXPECT_EQ(e->folded[1].sample.value, 6);
  ASSERT_EQ(e->others.size(), 2u);
  EXPECT_EQ(e->others[0].fate, InputRecord::Fate::kFiltered);
  EXPECT_THAT(Text(*e), HasSubstr("filtered by the step"));
  EXPECT_THAT(ExplanationJson(*e), HasSubstr("\"fate\":\"filtered\""));
}

TEST(FatesTest, AStepThatCannotTellIsNoDifference) {
  WrittenState state(EveryKind());
  state.options().reading = WithStep();
  state.Fold("down", "1", 1000);
  state.Commit();
  state.options().scan.patience = absl::Milliseconds(20);
  state.options().reading = WithStep(absl::UnavailableError("no rates"));
  const absl::Status later = state.ExplainKey("down").status();
  EXPECT_TRUE(absl::IsUnavailable(later));
  EXPECT_THAT(later.message(), HasSubstr("partition 0, offset 0: no rates"));
  state.options().reading = WithStep(absl::InternalError("broken"));
  EXPECT_EQ(ReasonOf(state.ExplainKey("down").status()), StopReason::kStep);
  state.options().reading.linked.clear();
  EXPECT_EQ(ReasonOf(state.ExplainKey("down").status()), StopReason::kNoStep);
}

TEST(FatesTest, ARecordThatMayBeLateDecidesNothing) {
  StateSpec spec = EveryKind();
  spec.windows = {spec.windows[0]};
  spec.grace_us = 5 * kSecond;
  WrittenState state(spec);
  state.Fold("IBM", "1", 1000);
  state.Fold("IBM", "2", 1000);
  state.Fold("other", "1", 1100);
  state.Fold("IBM", "3", 1000);  // late, but for who reads no further
  state.Fold("IBM", "4", 1099);
  state.Commit();
  state.input().DeleteBefore(Offset(3));
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_TRUE(e->folded[0].may_be_late);
  EXPECT_EQ(e->windows[0].verdict, Verdict::kNotRetained);
}

// Of what is not known to be late, a retry topic may be the cause as well.
TEST(FatesTest, RetriesAreNamedAsACause) {
  StateSpec spec = EveryKind();
  spec.windows = {spec.windows[0]};
  spec.grace_us = 50 * kSecond;
  WrittenState state(spec);
  state.Fold("other", "1", 1100);
  state.SendToRetry("IBM", "9", 1099);
  for (const char* value : {"1", "2", "3"}) state.Fold("IBM", value, 1060);
  state.FoldRetried("IBM", 9, 1099);
  state.Fold("other", "1", 1200);
  state.Commit();
  // Whether those that are left were late is not known any more.
  state.input().DeleteBefore(Offset(1));
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  ASSERT_EQ(e->windows[0].verdict, Verdict::kUndecided);
  EXPECT_FALSE(e->Decided());
  EXPECT_THAT(
      Text(*e),
      HasSubstr("undecided: 1 record of this partition went to retry topics, "
                "and 1 of this key came back from there out of their place"));
  EXPECT_THAT(ExplanationJson(*e), HasSubstr("\"retried\":1,"));
}

TEST(FatesTest, AKeyThatCameBackAfterItsDeletion) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.Fold("IBM", absl::nullopt, 2000);
  state.Fold("IBM", "5", 2001);
  state.Commit();
  const auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_EQ(e->folded.size(), 1u);
  EXPECT_TRUE(e->complete);
}

TEST(FatesTest, ADeletedKey) {
  WrittenState state(EveryKind());
  Fill(&state, 0);
  state.Commit();
  state.Fold("IBM", absl::nullopt, 2000);
  state.Commit();
  auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_TRUE(e->Decided());
  EXPECT_THAT(Text(*e), HasSubstr("deleted by the input record at offset 9"));
  EXPECT_THAT(ExplanationJson(*e), HasSubstr("\"deleted\":true"));
  // Nobody can tell any more why it went.
  state.input().DeleteBefore(Offset(10));
  e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Decided());
  EXPECT_THAT(Text(*e), HasSubstr("the record that deleted it is not among"));
}

TEST(FatesTest, AnIdleKey) {
  StateSpec spec = EveryKind();
  spec.idle_key_ttl_us = 100 * kSecond;
  WrittenState state(spec);
  state.Fold("IBM", "1", 1000);
  state.Commit();
  state.Fold("other", "1", 2000);
  state.Commit();
  auto e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_THAT(Text(*e), HasSubstr("idle for longer than idle_key_ttl"));
  EXPECT_TRUE(e->Decided());
  state.Fold("IBM", "2", 2001);
  state.Commit();
  e = state.ExplainKey("IBM");
  ASSERT_THAT(e, IsOk());
  EXPECT_FALSE(e->Differs());
  EXPECT_EQ(e->folded.size(), 1u);
}

}  // namespace
}  // namespace exactmean

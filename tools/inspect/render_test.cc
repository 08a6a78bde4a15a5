// What the inspector prints.

#include "tools/inspect/render.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/partition_state.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

// Two keys, one with bytes that are no text, folded in by the state itself.
class RenderTest : public ::testing::Test {
 protected:
  RenderTest() {
    StateSpec spec;
    spec.source = "number";
    spec.windows = {
        {"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
        {"smooth", WindowSpec::Kind::kEwmaRecords, 0, 0, 0, 0.5, 0}};
    const Pipeline pipeline(spec, {"app", "in", 1});
    PartitionState state(&pipeline, Partition(0));
    state.StartEmpty(Offset(0));
    state.Apply(Offset(0), "IBM", {10, EventTime(1500000000000000)});
    state.Apply(Offset(1), "IBM", {20, EventTime(1500000001000000)});
    state.Apply(Offset(2), "IBM", {60, EventTime(1500000002000000)});
    state.Apply(Offset(3), std::string("\0\xff", 2), {5, EventTime(0)});
    const ChangeSet changes = state.Changes("app/a-0");
    PartitionView view;
    for (size_t i = 0; i < changes.size(); ++i) {
      const std::string key(changes.key(i));
      const std::string value(*changes.value(i));
      view.keys[key] = {Offset(static_cast<int64_t>(i)), value};
      view.digest += RecordHash(key, value);
    }
    EXPECT_THAT(
        DecodeCheckpoint(changes.checkpoint(), &view.checkpoint.emplace()),
        IsOk());
    view.records_read = 5;
    views_.push_back(view);
  }

  std::vector<PartitionView> views_;
};

TEST_F(RenderTest, AKeyInFull) {
  EXPECT_THAT(
      RenderKey(views_, "IBM", OutputFormat::kText),
      IsOkAndHolds("key \"IBM\", partition 0: 3 records, the last at input "
                   "offset 2, event time 2017-07-14T02:40:02Z\n"
                   "\n"
                   "WINDOW  AVERAGE  COUNT  MIN  MAX  STDDEV\n"
                   "last2        40      2   20   60      20\n"
                   "smooth     37.5      3    -    -       -\n"
                   "newest values  20 60\n"));
  EXPECT_THAT(RenderKey(views_, "ibm", OutputFormat::kText),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"ibm\"")));
}

TEST_F(RenderTest, KeysThatAreNoTextCanBeToldApartAndAskedFor) {
  const auto json = RenderKey(views_, "\\x00\\xff", OutputFormat::kJson);
  ASSERT_THAT(json, IsOk());
  EXPECT_THAT(*json, HasSubstr("\"key_base64\":\"AP8=\""));
  const auto key = RenderKey(views_, "\\x00\\xff", OutputFormat::kText);
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(*key, HasSubstr("key \"\\x00\\xff\", partition 0: 1 records"));
}

TEST_F(RenderTest, ASnapshotThatCannotBeReadIsNamed) {
  views_[0].keys["IBM"].snapshot = "no snapshot";
  for (const auto format : {OutputFormat::kText, OutputFormat::kJson}) {
    EXPECT_THAT(RenderKey(views_, "IBM", format),
                StatusIs(testing::_, HasSubstr("key \"IBM\"")));
  }
}

TEST_F(RenderTest, Checkpoints) {
  views_.emplace_back().partition = Partition(1);
  const std::string text = RenderCheckpoints(views_, OutputFormat::kText);
  EXPECT_THAT(text, HasSubstr("verified  app/a-0\n"));
  EXPECT_THAT(text, HasSubstr("no checkpoint\n"));
  const std::string json = RenderCheckpoints(views_, OutputFormat::kJson);
  EXPECT_THAT(json, HasSubstr("\"digest_verified\":true"));
  EXPECT_THAT(json, HasSubstr("{\"partition\":1,\"checkpoint\":null}\n"));

  views_[0].digest ^= 1;
  EXPECT_THAT(RenderCheckpoints(views_, OutputFormat::kText),
              HasSubstr("DIFFERS"));
}

}  // namespace
}  // namespace exactmean

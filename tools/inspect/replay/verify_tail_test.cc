// What can be verified when the input's beginning is no longer retained.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/verify_testing.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Outcome = PartitionVerdict::Outcome;

constexpr Partition kOnly(0);

class VerifyTailTest : public VerifyTest {
 protected:
  VerifyTailTest() : VerifyTest(1) {
    // The first three are gone: "old" wholly, "a" in part, "new" not at all.
    for (const char* key : {"old", "a", "a"}) Append(kOnly, key, "1");
    for (const char* value : {"2", "3", "4"}) {
      Append(kOnly, "a", value);
      Append(kOnly, "new", value);
    }
    Append(kOnly, "old", "5");
  }
  void SetUp() override {
    Drain();
    world_.cluster().partition("in", kOnly).DeleteBefore(Offset(3));
  }
  // The key's snapshot, changed by `change`.
  template <typename Change>
  void Forge(const std::string& key, Change change) {
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot(world_.watch(kOnly).view().at(key), &snapshot),
                IsOk());
    change(&snapshot);
    world_.cluster().Produce("out", kOnly, key, EncodeResult(snapshot));
  }
};

TEST_F(VerifyTailTest, IsNeverCalledVerified) {
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kPartial);
  EXPECT_EQ(verdict.compared, 1u);         // new
  EXPECT_EQ(verdict.compared_counts, 1u);  // a
  EXPECT_EQ(verdict.not_compared, 1u);     // old
  EXPECT_THAT(verdict.remarks, ElementsAre(HasSubstr("from offset 3")));
}

TEST_F(VerifyTailTest, CatchesWhatTheRetainedRecordsTell) {
  Forge("a",
        [](results::Snapshot* s) { s->mutable_samples()->set_values(0, 9); });
  EXPECT_EQ(RunFirst().different, 1u);
  Forge("a",
        [](results::Snapshot* s) { s->mutable_averages(0)->set_average(9); });
  EXPECT_EQ(RunFirst().different, 1u);
  // The newest value of a ring that is not seen whole.
  Forge("old", [](results::Snapshot* s) {
    s->mutable_samples()->set_values(s->samples().values_size() - 1, 9);
  });
  EXPECT_EQ(RunFirst().different, 2u);
  Forge("new",
        [](results::Snapshot* s) { s->mutable_cumulative()->set_sum(8); });
  EXPECT_EQ(RunFirst().different, 3u);
  world_.cluster().Produce("out", kOnly, "new", absl::nullopt);
  EXPECT_EQ(RunFirst().missing, 1u);
  Forge("a", [](results::Snapshot* s) { s->set_last_offset(5); });
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kDiffers);
}

TEST_F(VerifyTailTest, CatchesAKeyThatIsTooMany) {
  world_.cluster().Produce("out", kOnly, "q",
                           world_.watch(kOnly).view().at("a"));
  EXPECT_EQ(RunFirst().extra, 1u);
}

TEST_F(VerifyTailTest, ACompactedInputIsNoProofOfAnything) {
  options_.input_compacted = true;
  const PartitionVerdict verdict = RunFirst();
  EXPECT_EQ(verdict.outcome, Outcome::kPartial);
  EXPECT_EQ(verdict.not_compared, 3u);
}

class VerifyCompactedTest : public ReplayTest {
 protected:
  VerifyCompactedTest() : ReplayTest(1) {}
  PartitionVerdict Run(bool compacted) {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    VerifyOptions options;
    options.scan = Options();
    options.input_compacted = compacted;
    auto states = ReadToVerify(&results, {kOnly}, options);
    EXPECT_THAT(states, IsOk());
    if (!states.ok()) return PartitionVerdict();
    const auto verdicts = Verify(Source(), *std::move(states), &input, options);
    EXPECT_THAT(verdicts, IsOk());
    return verdicts.ok() ? (*verdicts)[0] : PartitionVerdict();
  }
};

TEST_F(VerifyCompactedTest, RecordsThatVanishedAreAPolicyOrALoss) {
  for (const char* value : {"2", "3", "4"}) Append(kOnly, "a", value);
  Append(kOnly, "b", "1");
  Drain();
  EXPECT_EQ(Run(/*compacted=*/true).outcome, Outcome::kVerified);
  world_.cluster().partition("in", kOnly).Compact({});
  EXPECT_EQ(Run(/*compacted=*/true).outcome, Outcome::kPartial);
  const PartitionVerdict lost = Run(/*compacted=*/false);
  EXPECT_EQ(lost.outcome, Outcome::kDiffers);
  EXPECT_THAT(lost.remarks, ElementsAre(HasSubstr("2 records fewer")));
}

}  // namespace
}  // namespace exactmean

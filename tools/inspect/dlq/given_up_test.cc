// What was given up is read whole or not at all, and each dead letter once.

#include "tools/inspect/dlq/given_up.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/dead_letter/dead_letter.h"
#include "tests/fake_log/cluster_clock.h"
#include "tests/fake_log/fake_cluster.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fault_plan.h"
#include "tests/status_matchers.h"
#include "tools/inspect/dlq/read_again_mark.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kFirst{0};

class GivenUpTest : public ::testing::Test {
 protected:
  GivenUpTest() {
    cluster_.CreateTopic("dead", 1);
    ScanOptions options;
    options.clock = &clock_;
    given_up_ = std::make_unique<GivenUpLetters>(
        std::make_unique<FakeResultsLog>(&cluster_, &none_,
                                         FakeResultsLog::Options{"dead", 3}),
        "app", "in", options);
  }

  void Add(int64_t offset, BadRecordKind kind = BadRecordKind::kGivenUp) {
    DeadLetterOrigin origin;
    origin.topic = "in";
    origin.partition = kFirst;
    origin.offset = Offset(offset);
    origin.kind = std::string(ToString(kind));
    origin.application = "app";
    origin.time = absl::FromUnixSeconds(1700000000);
    origin.tries = 3;
    Produce(ToDeadLetter(origin, OwnedRecord()));
  }
  void Produce(const OwnedRecord& record) {
    cluster_.Produce(
        "dead", kFirst, absl::optional<absl::string_view>(record.key),
        absl::optional<absl::string_view>(record.value), 1000, record.headers);
  }
  void ExpectGivenUp(const std::set<Offset>& offsets) {
    const auto read = given_up_->Read();
    ASSERT_THAT(read, IsOk());
    GivenUp expected;
    if (!offsets.empty()) expected[kFirst] = offsets;
    EXPECT_EQ(*read, expected);
  }

  FakeCluster cluster_;
  FaultPlan none_;
  ClusterClock clock_{&cluster_};
  std::unique_ptr<GivenUpLetters> given_up_;
};

TEST_F(GivenUpTest, WhatAnOpenTransactionHidesIsNotTakenForNothing) {
  Add(5);
  const FakeProducer open =
      cluster_.InitProducer("somebody", absl::InfiniteDuration());
  ASSERT_THAT(cluster_.Append(open, "dead", kFirst, absl::string_view("k"),
                              absl::string_view("v")),
              IsOk());
  Add(7);
  EXPECT_THAT(given_up_->Read(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("open from offset 1 on"),
                             HasSubstr("what was given up"))));
  ASSERT_THAT(cluster_.EndTransaction(open, /*commit=*/false), IsOk());
  ExpectGivenUp({Offset(5), Offset(7)});
}

TEST_F(GivenUpTest, WhatIsNewIsReadAlone) {
  ExpectGivenUp({});
  Add(5);
  Add(6, BadRecordKind::kUndecodable);
  ExpectGivenUp({Offset(5)});
  const int64_t reads = none_.calls(SeamCall::kRead);
  ExpectGivenUp({Offset(5)});
  EXPECT_EQ(none_.calls(SeamCall::kRead), reads);
  Add(7);
  ExpectGivenUp({Offset(5), Offset(7)});
}

// By a rewind: then it was not given up, or there is a newer dead letter.
TEST_F(GivenUpTest, WhatWasReadAgainIsNot) {
  Add(5);
  Add(7);
  for (const OwnedRecord& mark :
       MarksOf({"app", "in", {{Offset(6), kNoEnd}}})) {
    Produce(mark);
  }
  ExpectGivenUp({Offset(5)});
  Add(7);
  ExpectGivenUp({Offset(5), Offset(7)});
}

}  // namespace
}  // namespace exactmean

// Which status ends with which exit code.

#include "tools/inspect/cluster/status_outcome.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tools/inspect/cluster/status_text.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// One partition that lags by 50, and its owner.
ApplicationStatus Lagging() {
  ApplicationStatus status;
  status.now = absl::FromUnixSeconds(1700000100);
  status.application_id = "prices";
  status.input_topic = "trades";
  GroupMember member;
  member.instance = "prices-0";
  member.partitions = {{"trades", 0}};
  status.group = GroupDescription{"Stable", {member}, absl::nullopt};
  PartitionStatus at;
  at.checkpoint.emplace();
  at.checkpoint->set_next_offset(50);
  at.committed_at = status.now - absl::Seconds(1);
  at.digest_verified = true;
  at.agreement = Agreement::kAgree;
  at.owner = "prices-0";
  at.input = OffsetRange{Offset(0), Offset(100)};
  at.input_stable = Offset(100);
  at.lag = 50;
  at.lag_counted = true;
  status.partitions = {at};
  return status;
}

int CodeOf(const ApplicationStatus& status) {
  const absl::Status outcome = OutcomeOf(status);
  return outcome.ok() ? 0 : static_cast<int>(ReasonOf(outcome));
}

TEST(StatusOutcomeTest, WithoutAMostLagAnyLagIsWellAndNamed) {
  const ApplicationStatus status = Lagging();
  EXPECT_EQ(CodeOf(status), 0);
  EXPECT_THAT(StatusText(status, Terminal()),
              StartsWith("all well: 1 partition, 0 keys, lag 50, "));
}

TEST(StatusOutcomeTest, AboveTheMostLagItIsNotWell) {
  ApplicationStatus status = Lagging();
  status.max_lag = 50;
  EXPECT_EQ(CodeOf(status), 0);
  status.max_lag = 49;
  EXPECT_EQ(CodeOf(status), 11);
  EXPECT_THAT(std::string(OutcomeOf(status).message()),
              HasSubstr("partition 0: its lag, 50, is above --max_lag=49"));
  EXPECT_THAT(StatusText(status, Terminal()), StartsWith("NOT WELL: "));
  // Too large to be counted.
  status.partitions[0].lag_counted = false;
  EXPECT_THAT(std::string(OutcomeOf(status).message()),
              HasSubstr("its lag, <=50, is above"));
}

TEST(StatusOutcomeTest, WhatWaitsWhereThereIsNoStateIsLag) {
  ApplicationStatus status = Lagging();
  status.partitions[0].checkpoint = absl::nullopt;
  status.partitions[0].agreement = Agreement::kNoGroupOffset;
  status.partitions[0].lag = absl::nullopt;
  EXPECT_THAT(StatusText(status, Terminal()),
              StartsWith("all well: 1 partition, no state yet, up to 100 "
                         "records wait where there is none\n"));
  status.max_lag = 100;
  EXPECT_EQ(CodeOf(status), 0);
  status.max_lag = 99;
  EXPECT_EQ(CodeOf(status), 11);
}

TEST(StatusOutcomeTest, BlockedOrWithoutAnOwnerItIsNotWell) {
  ApplicationStatus status = Lagging();
  status.partitions[0].owner.clear();
  EXPECT_EQ(CodeOf(status), 0);
  status.max_lag = 1000;
  EXPECT_EQ(CodeOf(status), 11);
  status = Lagging();
  status.partitions[0].open = {
      {"trades", Offset(60), status.now - absl::Minutes(3), {}}};
  EXPECT_EQ(CodeOf(status), 0);
  status.max_lag = 1000;
  EXPECT_EQ(CodeOf(status), 11);
  // A commit under way.
  status.partitions[0].open[0].since = status.now - absl::Seconds(1);
  EXPECT_EQ(CodeOf(status), 0);
}

TEST(StatusOutcomeTest, WhatCannotBeToldIsNotWellEither) {
  ApplicationStatus status = Lagging();
  status.max_lag = 1000;
  status.partitions[0].lag = absl::nullopt;
  EXPECT_EQ(CodeOf(status), 7);
  status = Lagging();
  status.max_lag = 1000;
  status.group = absl::nullopt;
  EXPECT_EQ(CodeOf(status), 7);
}

TEST(StatusOutcomeTest, AStateThatAStartRefusesComesFirst) {
  ApplicationStatus status = Lagging();
  status.max_lag = 0;
  status.partitions[0].digest_verified = false;
  EXPECT_EQ(CodeOf(status), 4);
}

}  // namespace
}  // namespace exactmean

// The words of denials, and what is taken for one.

#include "processor/access.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AccessTest, ADenialSaysWhatAndHowToMendIt) {
  EXPECT_EQ(Denial({ResourceKind::kTopic, "t"},
                   {Operation::kRead, Operation::kDescribeConfigs}),
            "not authorised: Read, DescribeConfigs on topic \"t\". Allow it: "
            "kafka-acls --add --allow-principal User:NAME --operation Read "
            "--operation DescribeConfigs --topic t");
  EXPECT_EQ(Denial({ResourceKind::kGroup, "g"}, {Operation::kDescribe}),
            "not authorised: Describe on group \"g\". Allow it: kafka-acls "
            "--add --allow-principal User:NAME --operation Describe --group g");
  EXPECT_EQ(
      Denial({ResourceKind::kTransactionalIdPrefix, "a-"}, {Operation::kWrite}),
      "not authorised: Write on transactional ids that begin with "
      "\"a-\". Allow it: kafka-acls --add --allow-principal User:NAME "
      "--operation Write --transactional-id a- --resource-pattern-type "
      "prefixed");
}

TEST(AccessTest, WhatIsNotKnownIsNotMissing) {
  const std::vector<Operation> needed = {Operation::kRead, Operation::kWrite};
  EXPECT_THAT(MissingOf(needed, absl::nullopt), IsEmpty());
  EXPECT_THAT(MissingOf(needed, std::set<Operation>{Operation::kRead,
                                                    Operation::kDescribe}),
              ElementsAre(Operation::kWrite));
  EXPECT_THAT(MissingOf(needed, std::set<Operation>{Operation::kRead,
                                                    Operation::kWrite}),
              IsEmpty());
}

}  // namespace
}  // namespace exactmean

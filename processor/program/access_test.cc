// The words of denials, and what is taken for one.

#include "processor/program/access.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AccessTest, ADenialSaysWhatAndHowToMendIt) {
  const auto denial = [](const Resource& resource,
                         const std::vector<Operation>& operations) {
    return ToString(Denial("kafka:9092", resource, operations));
  };
  const std::string allow =
      ". Mend: kafka-acls.sh --bootstrap-server kafka:9092 --add "
      "--allow-principal User:NAME ";
  EXPECT_EQ(denial({ResourceKind::kTopic, "t"},
                   {Operation::kRead, Operation::kDescribeConfigs}),
            "not authorised: Read, DescribeConfigs on topic \"t\"" + allow +
                "--operation Read --operation DescribeConfigs --topic t");
  EXPECT_EQ(denial({ResourceKind::kGroup, "g"}, {Operation::kDescribe}),
            "not authorised: Describe on group \"g\"" + allow +
                "--operation Describe --group g");
  EXPECT_EQ(
      denial({ResourceKind::kTransactionalIdPrefix, "a-"}, {Operation::kWrite}),
      "not authorised: Write on transactional ids that begin with \"a-\"" +
          allow +
          "--operation Write --transactional-id a- --resource-pattern-type "
          "prefixed");
}

TEST(AccessTest, WhatHasNoMendSaysNone) {
  EXPECT_EQ(ToString(Problem{"no answer", ""}), "no answer");
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

// The partition of a coordinator is the one that Kafka itself computes.

#include "tests/chaos/topology.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(TopologyTest, CoordinatorPartitionsAreKafkas) {
  // "hello".hashCode() is 99162322 in Java; "polygenelubricants" has the lowest
  // of all numbers, whose absolute value Kafka takes for 0.
  EXPECT_EQ(CoordinatorPartition("hello", 50), 99162322 % 50);
  EXPECT_EQ(CoordinatorPartition("polygenelubricants", 50), 0);
  // A negative one: -952013065.
  EXPECT_EQ(CoordinatorPartition("chaos-i0-0", 50), 952013065 % 50);
  EXPECT_EQ(CoordinatorPartition("", 4), 0);
}

}  // namespace
}  // namespace exactmean

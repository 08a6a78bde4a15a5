// What is read out of a log is what a status line says.

#include "tests/chaos/veteran/veteran.h"

#include <string>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(VeteranTest, TheLastStatusLineCounts) {
  EXPECT_EQ(LastStatus("").commits, 0);
  EXPECT_EQ(LastStatus("no status commits, yet\n").commits, 0);
  const std::string first =
      "worker 0: 88 records/s, lag 9, 158 keys (0 dirty), 4 of 4 partitions "
      "running, 21 commits, 3 aborts, 1 recoveries\n";
  EXPECT_EQ(LastStatus(first).commits, 21);
  EXPECT_EQ(LastStatus(first).recoveries, 1);
  const StatusCounts last =
      LastStatus(first +
                 "another line\nworker 0: running, 4321 commits, 3 aborts, "
                 "12 recoveries\nsomething\n");
  EXPECT_EQ(last.commits, 4321);
  EXPECT_EQ(last.recoveries, 12);
}

TEST(VeteranTest, ARestoreIsToldFromAnEmptyStart) {
  const std::string start = "partition 0 starts at offset 0 (nowhere): 0 keys";
  EXPECT_FALSE(HasRestored(start));
  EXPECT_TRUE(
      HasRestored(start +
                  "\npartition 0 starts at offset 9 (both): 2 keys from "
                  "3 records, digest, key count and dispositions "
                  "verified\n"));
}

}  // namespace
}  // namespace exactmean

// What an update says of its key.

#include "processor/updates.h"

#include "gtest/gtest.h"

namespace exactmean {
namespace {

TEST(UpdatesTest, SnapshotsAndDeletions) {
  ChangeSet changes(Partition(0), 2);
  changes.AddKey("IBM \"x\"");
  changes.bytes() += "snapshot";
  changes.EndSnapshot({Average{0.1, 3, 0, 0, 0}, Average{1e22, 20, 0, 0, 0}});
  changes.AddKey("gone");
  changes.EndTombstone(Offset(7));
  const std::vector<WindowSpec> windows = {{"a"}, {"b"}};
  EXPECT_EQ(UpdateJson(changes, 0, windows),
            R"({"key":"IBM \"x\"","averages":{"a":{"average":0.1,"count":3},)"
            R"("b":{"average":1e+22,"count":20}}})");
  EXPECT_EQ(UpdateJson(changes, 1, windows),
            R"({"key":"gone","deleted":true})");
}

}  // namespace
}  // namespace exactmean

// StoredSnapshots is a map of strings, whatever their sizes.

#include "tools/inspect/replay/stored_snapshots.h"

#include <map>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace exactmean {
namespace {

std::map<std::string, std::string> AllOf(const StoredSnapshots& stored) {
  std::map<std::string, std::string> all;
  stored.ForEach(
      [&](const std::string& key, const StoredSnapshots::Entry& entry) {
        all[key] = std::string(entry.snapshot);
      });
  return all;
}

TEST(StoredSnapshotsTest, HasWhatWasPutLast) {
  std::mt19937 random(1);
  std::map<std::string, std::string> expected;
  StoredSnapshots stored;
  for (int i = 0; i < 20000; ++i) {
    const std::string key = absl::StrCat("k", random() % 300);
    if (random() % 5 == 0) {
      stored.Erase(key);
      expected.erase(key);
      continue;
    }
    // None at all, and more than the pieces of a chunk have.
    const size_t size = random() % (random() % 50 == 0 ? 2000 : 40);
    expected[key] = std::string(size, static_cast<char>('a' + i % 26));
    stored.Put(key, {Offset(i), Offset(2 * i), expected[key]});
    ASSERT_NE(stored.Find(key), nullptr);
    EXPECT_EQ(stored.Find(key)->offset, Offset(i));
    EXPECT_EQ(stored.Find(key)->made_by, Offset(2 * i));
  }
  EXPECT_EQ(AllOf(stored), expected);
  EXPECT_EQ(stored.size(), expected.size());
  EXPECT_EQ(stored.Find("k-none"), nullptr);

  const StoredSnapshots moved = std::move(stored);
  EXPECT_EQ(AllOf(moved), expected);
}

TEST(StoredSnapshotsTest, AKeyMayBePutWhileItIsVisitedAndOfItself) {
  StoredSnapshots stored;
  for (int i = 0; i < 100; ++i) {
    stored.Put(absl::StrCat("k", i), {Offset(i), Offset(i), "short"});
  }
  stored.ForEach([&](const std::string& key,
                     const StoredSnapshots::Entry& entry) {
    stored.Put(key, {entry.offset, entry.made_by,
                     absl::StrCat(entry.snapshot, " and longer")});
    stored.Put(key, {entry.offset, entry.made_by, entry.snapshot.substr(0, 9)});
  });
  for (const auto& [key, snapshot] : AllOf(stored)) {
    EXPECT_EQ(snapshot, "short and");
  }
  stored.Clear();
  EXPECT_EQ(stored.size(), 0u);
}

}  // namespace
}  // namespace exactmean

// An entry's key and samples lie beside each other, whatever their sizes.

#include "state/key_table.h"

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "state/spec.h"

namespace exactmean {
namespace {

WindowLayout LastValues(uint32_t count) {
  StateSpec spec;
  spec.windows = {{"last", WindowSpec::Kind::kCount, count, 0, 0, 0, 0}};
  return WindowLayout(spec);
}

// Of all sizes up to what is kept in another way, and some.
std::vector<std::string> Keys() {
  std::vector<std::string> keys;
  for (size_t size = 0; size < 300; ++size) {
    std::string key(size, '\0');
    std::iota(key.begin(), key.end(), static_cast<char>(size));
    keys.push_back(key);
  }
  keys.push_back(std::string(70000, 'x'));
  return keys;
}

class KeyTableTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(KeyTableTest, KeysAndSamplesAreKept) {
  const uint32_t size = GetParam();
  const WindowLayout layout = LastValues(size);
  KeyTable table(layout.ring_beside_key());
  const std::vector<std::string> keys = Keys();
  bool created = false;
  for (const std::string& key : keys) {
    KeyEntry* const entry = table.FindOrCreate(key, &created);
    EXPECT_TRUE(created);
    entry->hash_in_log = key.size();
    entry->set(KeyEntry::kLive);
    // Each value of the ring is written once more than there is room.
    for (uint32_t i = 0; i <= size; ++i) {
      entry->windows.Add(layout, {double(key.size() + i), EventTime(0)});
    }
  }
  EXPECT_EQ(table.size(), keys.size());
  for (const std::string& key : keys) {
    KeyEntry* const entry = table.Find(key);
    ASSERT_NE(entry, nullptr) << key.size();
    EXPECT_EQ(table.FindOrCreate(key, &created), entry);
    EXPECT_FALSE(created);
    EXPECT_EQ(entry->key(), key);
    EXPECT_EQ(entry->hash_in_log, key.size());
    EXPECT_EQ(entry->flags, KeyEntry::kLive);
    std::vector<Average> averages(1);
    entry->windows.ToAverages(layout, absl::MakeSpan(averages));
    EXPECT_EQ(averages[0].count, size);
    EXPECT_EQ(averages[0].min, double(key.size() + 1));
    EXPECT_EQ(averages[0].max, double(key.size() + size));
    if (key.size() % 2 == 0) table.Erase(entry);
  }
  for (const std::string& key : keys) {
    EXPECT_EQ(table.Find(key) == nullptr, key.size() % 2 == 0) << key.size();
  }
}

// 20: their samples do not lie beside them.
INSTANTIATE_TEST_SUITE_P(OfSamples, KeyTableTest,
                         ::testing::Values(1, 2, 10, 16, 20));

TEST(KeyEntryTest, LosesNoByteBetweenKeyAndSamples) {
  EXPECT_EQ(KeyEntry::BytesOf(14, 10), size_t{64 + 80});
  EXPECT_EQ(KeyEntry::BytesOf(15, 0), size_t{72});
}

}  // namespace
}  // namespace exactmean

// Pieces do not overlap, and what is given back is used again.

#include "state/entry_memory.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <utility>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

// Against a model: each piece is filled with a byte of its own, which nobody
// else's touches.
TEST(EntryMemoryTest, PiecesAreTheirOwners) {
  EntryMemory memory;
  std::mt19937 random(1);
  std::map<unsigned char*, std::pair<size_t, unsigned char>> held;
  for (int i = 0; i < 20000; ++i) {
    if (held.size() > 300 || (!held.empty() && random() % 3 == 0)) {
      auto it = held.begin();
      std::advance(it, random() % held.size());
      const auto [bytes, fill] = it->second;
      for (size_t b = 0; b < bytes; ++b) ASSERT_EQ(it->first[b], fill);
      memory.Free(it->first, bytes);
      held.erase(it);
      continue;
    }
    const size_t bytes = random() % 20 == 0 ? 400 + random() % 300  // or large
                                            : 8 + random() % 200;
    auto* const piece = static_cast<unsigned char*>(memory.Allocate(bytes));
    ASSERT_EQ(reinterpret_cast<uintptr_t>(piece) % 8, 0u);
    const auto fill = static_cast<unsigned char>(random());
    std::memset(piece, fill, bytes);
    ASSERT_TRUE(held.emplace(piece, std::make_pair(bytes, fill)).second);
  }
  for (const auto& [piece, what] : held) memory.Free(piece, what.first);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(EntryMemoryTest, WhatIsGivenBackIsUsedAgain) {
  EntryMemory memory;
  void* const piece = memory.Allocate(157);
  memory.Free(piece, 157);
  EXPECT_NE(memory.Allocate(168), piece) << "of another size";
  EXPECT_EQ(memory.Allocate(153), piece);
}
#endif

}  // namespace
}  // namespace exactmean

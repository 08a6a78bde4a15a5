// What the allocator has free goes back to the system, and so a key at rest
// takes little more than its own bytes, whatever the commits before it took.

#include "processor/free_memory.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "state/partition_state.h"
#include "tests/resident_memory.h"

namespace exactmean {
namespace {

constexpr int64_t kKibOfMib = 1 << 10;

// On a thread of its own: its arena is not the main thread's, of which
// malloc_trim gives back more. A worker's is not, either.
class FreeMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!AllocatorIsGlibc()) GTEST_SKIP() << "a sanitizer's is not held to it";
  }

  static void OnItsThread(absl::FunctionRef<void()> body) {
    std::thread thread([&] {
      GiveBackFreeMemory();  // of those before
      body();
    });
    thread.join();
  }
};

using Block = std::unique_ptr<char[]>;

Block Filled(size_t bytes) {
  Block block(new char[bytes]);
  std::fill_n(block.get(), bytes, 'x');
  return block;
}

TEST_F(FreeMemoryTest, BehindTheLastBlock) {
  OnItsThread([] {
    const Block first = Filled(100);
    const int64_t before = ResidentKib();
    {
      std::vector<Block> blocks;
      for (int i = 0; i < 30000; ++i) blocks.push_back(Filled(1000));
    }
    ASSERT_GT(ResidentKib(), before + 25 * kKibOfMib) << "it keeps nothing";
    GiveBackFreeMemory();
    EXPECT_LT(ResidentKib(), before + kKibOfMib);
  });
}

TEST_F(FreeMemoryTest, BetweenBlocks) {
  OnItsThread([] {
    const int64_t before = ResidentKib();
    std::vector<Block> blocks, between;
    for (int i = 0; i < 500; ++i) {
      blocks.push_back(Filled(100));
      between.push_back(Filled(64 << 10));
    }
    between.clear();
    ASSERT_GT(ResidentKib(), before + 25 * kKibOfMib) << "it keeps nothing";
    GiveBackFreeMemory();
    EXPECT_LT(ResidentKib(), before + 6 * kKibOfMib);
  });
}

// Partitions that fold records in, and what the client holds of a commit's
// snapshots until they are in the log.
class Partitions {
 public:
  static constexpr int kKeys = 125000;  // of each
  static constexpr int kPartitions = 2;

  Partitions() {
    for (int p = 0; p < kPartitions; ++p) {
      states_.push_back(
          std::make_unique<PartitionState>(&pipeline_, Partition(p)));
      states_.back()->StartEmpty(Offset(0));
    }
  }

  // So many of each key, and after each round a commit of them all, which is
  // under way for a while.
  void Fold(int rounds) {
    for (int64_t i = 0; i < int64_t{rounds} * kKeys; ++i, ++next_) {
      const std::string key = absl::StrFormat("sensor-%06d", next_ % kKeys);
      for (const auto& state : states_) {
        state->Apply(Offset(next_), key, {0.5, EventTime(next_)});
      }
      if (next_ % kKeys == 0) BeginCommit();
      if (next_ % kKeys == kKeys / 10) EndCommit();
    }
    BeginCommit();
    EndCommit();
  }

  uint64_t keys() const {
    uint64_t keys = 0;
    for (const auto& state : states_) keys += state->live_keys();
    return keys;
  }

 private:
  static StateSpec Last10() {
    StateSpec spec;
    spec.windows = {{"last10", WindowSpec::Kind::kCount, 10, 0, 0, 0, 0}};
    return spec;
  }

  void BeginCommit() {
    for (const auto& state : states_) {
      const ChangeSet changes = state->Changes("writer");
      for (size_t i = 0; i < changes.size(); ++i) {
        constexpr size_t kOfTheClient = 200;
        messages_.push_back(Filled(kOfTheClient + changes.key(i).size() +
                                   changes.value(i)->size()));
      }
    }
  }
  void EndCommit() {
    std::vector<Block>().swap(messages_);
    for (const auto& state : states_) state->MarkCommitted();
  }

  const Pipeline pipeline_{Last10(), {"app", "in", kPartitions}};
  std::vector<std::unique_ptr<PartitionState>> states_;
  std::vector<Block> messages_;
  int64_t next_ = 0;
};

TEST_F(FreeMemoryTest, AKeyAfterWork) {
  OnItsThread([] {
    const int64_t before = ResidentKib();
    auto partitions = std::make_unique<Partitions>();
    partitions->Fold(10);
    GiveBackFreeMemory();
    const int64_t rested = ResidentKib();
    const uint64_t keys = partitions->keys();
    ASSERT_EQ(keys, uint64_t{Partitions::kPartitions * Partitions::kKeys});
    // Of 13 bytes, with 80 in its window. 164 are its entry and its place in a
    // table that is half full.
    const double of_a_key =
        static_cast<double>(rested - before) * 1024 / static_cast<double>(keys);
    RecordProperty("bytes_of_a_key", static_cast<int>(of_a_key));
    EXPECT_LT(of_a_key, 168);
    EXPECT_GT(of_a_key, 13 + 80);

    partitions->Fold(5);
    GiveBackFreeMemory();
    EXPECT_LT(ResidentKib(), rested + kKibOfMib) << "it grows with its work";

    partitions.reset();
    GiveBackFreeMemory();
    EXPECT_LT(ResidentKib(), before + 2 * kKibOfMib) << "it leaves some behind";
  });
}

}  // namespace
}  // namespace exactmean

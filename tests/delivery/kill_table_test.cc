// Each delivery mode, with each style of commits, killed at random moments: the
// table of docs/delivery-modes.md, and what must be so of it.
//
// EXACTMEAN_KILLS (of each cell) and EXACTMEAN_SEED are taken from the
// environment:
//   bazel test --test_env=EXACTMEAN_KILLS=50 --test_output=all
//       //tests/delivery:kill_table_test

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"
#include "tests/broker/shared_broker.h"
#include "tests/delivery/delivery_cell.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int kAtATime = 3;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  uint64_t number = 0;
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number
                                                            : otherwise;
}

std::vector<Delivery> AllOfThem() {
  std::vector<Delivery> all = {Delivery()};
  for (const DeliveryMode mode :
       {DeliveryMode::kAtLeastOnce, DeliveryMode::kAtMostOnce}) {
    for (const CommitStyle style :
         {CommitStyle::kAsyncThenSync, CommitStyle::kSync, CommitStyle::kAsync,
          CommitStyle::kAuto}) {
      all.push_back({mode, style});
    }
  }
  return all;
}

TEST(KillTableTest, EachModeKeepsItsPromise) {
  const auto kills = static_cast<int>(FromEnvironment("EXACTMEAN_KILLS", 6));
  const uint64_t seed =
      FromEnvironment("EXACTMEAN_SEED", std::random_device()());
  std::cout << "EXACTMEAN_SEED=" << seed << std::endl;
  SharedBroker();
  const std::vector<Delivery> cells = AllOfThem();
  std::vector<absl::StatusOr<DeliveryOutcome>> outcomes(
      cells.size(), absl::UnknownError("not run"));
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kAtATime; ++i) {
    threads.emplace_back([&] {
      for (size_t c = next++; c < cells.size(); c = next++) {
        outcomes[c] = DeliveryCell(cells[c], seed + c).Run(kills);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string table = DeliveryOutcome::Header();
  for (size_t c = 0; c < cells.size(); ++c) {
    ASSERT_THAT(outcomes[c].status(), IsOk())
        << ToString(cells[c].mode) << " " << ToString(cells[c].commits);
    const DeliveryOutcome& is = *outcomes[c];
    table += is.Line(cells[c]);
    SCOPED_TRACE(DeliveryOutcome::Header() + is.Line(cells[c]));
    EXPECT_EQ(is.counted_twice, 0u);
    if (cells[c].mode != DeliveryMode::kAtMostOnce) {
      EXPECT_EQ(is.lost, 0u);
      EXPECT_TRUE(is.state_right);
      EXPECT_EQ(is.updates_missing, 0u);
      EXPECT_EQ(is.letters_missing, 0u);
    }
    if (cells[c].mode != DeliveryMode::kAtLeastOnce) {
      EXPECT_EQ(is.updates_repeated, 0u);
      EXPECT_EQ(is.letters_repeated, 0u);
    }
    // What is not right is accounted for.
    EXPECT_TRUE(is.state_right || is.lost > 0);
  }
  std::cout << table << std::flush;
}

}  // namespace
}  // namespace exactmean

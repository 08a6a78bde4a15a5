// A run over a part of the input that several processes share: each ends once
// all is done, and takes over from one that dies.

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/input_position.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr Partition kFirst(0), kSecond(1);

class SharedRunTest : public ::testing::Test {
 protected:
  void Append(int records) {
    for (int i = 0; i < records; ++i) {
      for (const Partition partition : {kFirst, kSecond}) {
        world_.Append(partition, ToModelRecord("k", std::to_string(i), 0));
      }
    }
  }
  Instance* Start(const std::string& name, InputPosition end) {
    InstanceOptions options;
    options.name = name;
    options.end = std::move(end);
    instances_[name] = world_.Make(options);
    return instances_[name].get();
  }
  void Kill(const std::string& name) {
    instances_.erase(name);
    world_.group().Expire(name);
  }
  void Turn(int turns = 1) {
    for (; turns > 0; --turns) {
      for (const auto& [name, instance] : instances_) {
        ASSERT_THAT(instance->Turn(), IsOk()) << name;
      }
      world_.Advance(absl::Milliseconds(100));
    }
  }
  // Until each has one partition, and has folded in something of it.
  void Share(const Instance& a, const Instance& b) {
    for (int i = 0; i < 200; ++i) {
      if (At(a, kFirst) + At(a, kSecond) > 0 &&
          a.processor->tasks().size() == 1 &&
          At(b, kFirst) + At(b, kSecond) > 0 &&
          b.processor->tasks().size() == 1) {
        return;
      }
      Turn();
    }
    FAIL() << "they do not share";
  }
  // 0: not there.
  static int64_t At(const Instance& instance, Partition partition) {
    const auto& tasks = instance.processor->tasks();
    const auto found = tasks.find(partition);
    return found != tasks.end() && found->second->running()
               ? found->second->state().next_offset().value()
               : 0;
  }
  void ExpectCommitted(int64_t first, int64_t second) {
    EXPECT_EQ(world_.group().Committed(kFirst).value(), Offset(first));
    EXPECT_EQ(world_.group().Committed(kSecond).value(), Offset(second));
    EXPECT_THAT(world_.Check(), IsOk());
  }
  static InputPosition Before(int64_t first, int64_t second) {
    return InputPosition::At(
        {{kFirst, Offset(first)}, {kSecond, Offset(second)}});
  }

  World world_{2, 7};
  std::map<std::string, std::unique_ptr<Instance>> instances_;
};

TEST_F(SharedRunTest, WhoIsDoneTakesOverFromOneThatDies) {
  Append(300);
  Instance* const a = Start("a", Before(40, 40));
  Instance* const b = Start("b", Before(40, 40));
  Share(*a, *b);
  const Partition of_b = b->processor->tasks().begin()->first;
  ASSERT_LT(At(*b, of_b), 40);
  instances_.erase("b");  // and its group does not know yet
  for (int i = 0; i < 60; ++i) {
    Turn();
    ASSERT_FALSE(a->processor->finished());
  }
  EXPECT_EQ(At(*a, of_b == kFirst ? kSecond : kFirst), 40);
  world_.group().Expire("b");
  for (int i = 0; i < 100 && !a->processor->finished(); ++i) Turn();
  EXPECT_TRUE(a->processor->finished());
  ExpectCommitted(40, 40);
}

TEST_F(SharedRunTest, AllEndWithoutOneThatLeavesFirst) {
  Append(100);
  Instance* const a = Start("a", Before(20, 90));
  Instance* const b = Start("b", Before(20, 90));
  Share(*a, *b);
  bool a_ended = false, b_ended = false;
  for (int i = 0; i < 200 && !(a_ended && b_ended); ++i) {
    Turn();
    a_ended = a_ended || a->processor->finished();
    b_ended = b_ended || b->processor->finished();
    if (a_ended || b_ended) ExpectCommitted(20, 90);
  }
  EXPECT_TRUE(a_ended && b_ended);
  EXPECT_EQ(a->processor->tasks().size(), 1u);
}

// Latest is another end for who comes later.
TEST_F(SharedRunTest, EndsThatDiffer) {
  Append(30);
  Instance* const a = Start("a", InputPosition::Latest());
  while (At(*a, kFirst) < 5 || At(*a, kSecond) < 5) Turn();
  Append(30);
  Instance* const b = Start("b", InputPosition::Latest());
  for (int i = 0; i < 300 && !a->processor->finished(); ++i) Turn();
  ASSERT_TRUE(a->processor->finished());
  EXPECT_FALSE(b->processor->finished());
  ASSERT_THAT(a->processor->Shutdown(), IsOk());
  Kill("a");
  for (int i = 0; i < 300 && !b->processor->finished(); ++i) Turn();
  EXPECT_TRUE(b->processor->finished());
  ExpectCommitted(60, 60);
}

// Each finds the end of its own partition when it has it, and they do not wait
// for what came later in the other's.
TEST_F(SharedRunTest, ThatOfAnInputWhichGrows) {
  Append(20);
  Instance* const a = Start("a", InputPosition::Latest());
  Instance* const b = Start("b", InputPosition::Latest());
  const auto one_ended = [&] {
    return a->processor->finished() || b->processor->finished();
  };
  for (int i = 0; i < 300 && !one_ended(); ++i) {
    Turn();
    Append(1);
  }
  ASSERT_TRUE(one_ended());
  const bool is_a = a->processor->finished();
  ASSERT_THAT((is_a ? a : b)->processor->Shutdown(), IsOk());
  Kill(is_a ? "a" : "b");
  const Instance* const other = is_a ? b : a;
  for (int i = 0; i < 300 && !other->processor->finished(); ++i) Turn();
  EXPECT_TRUE(other->processor->finished());
}

// One that it had, and that another has taken further meanwhile.
TEST_F(SharedRunTest, APartitionThatComesBackFromBeyondItsEnd) {
  Append(30);
  Instance* const a = Start("a", InputPosition::Latest());
  while (At(*a, kFirst) < 5 || At(*a, kSecond) < 5) Turn();
  Append(30);
  Instance* const b = Start("b", InputPosition::Latest());
  const auto beyond = [&] { return At(*b, kFirst) + At(*b, kSecond) == 60; };
  for (int i = 0; i < 300 && !beyond(); ++i) Turn();
  ASSERT_TRUE(beyond());
  Turn(3);  // it commits
  Kill("b");
  for (int i = 0; i < 300 && !a->processor->finished(); ++i) Turn();
  EXPECT_TRUE(a->processor->finished());
  EXPECT_THAT(world_.Check(), IsOk());
}

}  // namespace
}  // namespace exactmean

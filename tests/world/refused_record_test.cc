// A record that its topic refuses, for its size say, ends the processor, which
// says which it was.

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// With updates, and count windows long enough for segments.
absl::Status RefusedAt(int64_t nth_write) {
  WorldOptions options;
  options.spec.windows = {{"last9", WindowSpec::Kind::kCount, 9, 0, 0, 0, 0}};
  options.spec.segment_samples = 2;
  World world(options);
  world.Produce(60);
  InstanceOptions with_updates;
  with_updates.updates = true;
  const auto instance = world.Make(with_updates);
  instance->plan.Set(
      SeamCall::kWrite, nth_write,
      Fault::FailBefore(absl::InvalidArgumentError("it is too large")));
  return world.Drain(instance.get());
}

TEST(RefusedRecordTest, IsNamed) {
  std::set<std::string> kinds;
  // The first is the checkpoint of a partition without a record.
  for (int64_t nth = 2; nth < 200 && kinds.count("the checkpoint") == 0;
       ++nth) {
    const absl::Status error = RefusedAt(nth);
    ASSERT_TRUE(IsStop(error)) << error;
    EXPECT_EQ(ReasonOf(error), StopReason::kConfig);
    const std::string text(error.message());
    EXPECT_THAT(text, HasSubstr(" bytes with its key, is refused: it is too "
                                "large. Raise"));
    EXPECT_THAT(text, Not(HasSubstr("__exactmean")));
    // Without the key, and a segment's number.
    std::string kind = text.substr(0, text.find_first_of(",\"0123456789"));
    kinds.insert(kind);
    EXPECT_THAT(text, HasSubstr(kind == "the update of key "
                                    ? "the updates topic's max.message.bytes"
                                    : "the results topic's max.message.bytes"));
  }
  EXPECT_THAT(kinds, ElementsAre("segment ", "the checkpoint",
                                 "the snapshot of key ", "the update of key "));
}

// Without transactions it has a header.
TEST(RefusedRecordTest, ATombstoneToo) {
  WorldOptions options;
  options.partitions = 1;
  options.promise = DeliveryMode::kAtLeastOnce;
  World world(options);
  InstanceOptions plain;
  plain.delivery.mode = DeliveryMode::kAtLeastOnce;
  const auto instance = world.Make(plain);
  ModelRecord record;
  record.key = "goes";
  record.kind = ModelRecord::Kind::kValue;
  record.text = "1";
  record.value = 1;
  world.Append(Partition(0), record);
  ASSERT_THAT(world.Drain(instance.get()), IsOk());
  ModelRecord deletion;
  deletion.key = "goes";
  deletion.kind = ModelRecord::Kind::kDelete;
  world.Append(Partition(0), deletion);
  instance->plan.Set(
      SeamCall::kWrite, instance->plan.calls(SeamCall::kWrite) + 1,
      Fault::FailBefore(absl::InvalidArgumentError("it is too large")));
  const absl::Status error = world.Drain(instance.get());
  EXPECT_EQ(ReasonOf(error), StopReason::kConfig) << error;
  EXPECT_THAT(error.message(),
              HasSubstr("the deletion of key \"goes\", 4 bytes, is"));
  EXPECT_THAT(error.message(), HasSubstr("is refused: it is too large"));
  EXPECT_THAT(error.message(), Not(HasSubstr("fewer samples")));
}

}  // namespace
}  // namespace exactmean

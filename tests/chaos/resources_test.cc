// What /proc says of this very process, and what counts as growth.

#include "tests/chaos/resources.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

TEST(ResourcesTest, SeesADescriptorMore) {
  const auto before = ResourcesOf(getpid());
  ASSERT_THAT(before, IsOk());
  EXPECT_GT(before->memory_kib, 1000);
  EXPECT_GE(before->threads, 1);
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  const auto after = ResourcesOf(getpid());
  close(fd);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->descriptors, before->descriptors + 1);
}

TEST(ResourcesTest, NoSuchProcess) {
  EXPECT_THAT(ResourcesOf(1 << 29), StatusIs(absl::StatusCode::kNotFound));
}

TEST(ResourcesTest, GrowthIsNotFlat) {
  ResourceSpan span;
  span.first = span.last = {20000, 27, 58};
  EXPECT_TRUE(span.IsFlat());
  span.last.threads = 40;
  EXPECT_FALSE(span.IsFlat());
  span.last = {20000, 27, 100};
  EXPECT_FALSE(span.IsFlat());
  span.last = {200000, 27, 58};
  EXPECT_FALSE(span.IsFlat());
}

}  // namespace
}  // namespace exactmean

// What /proc says of this very process.

#include "tests/chaos/veteran/resources.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

TEST(ResourcesTest, SeesADescriptorMore) {
  const auto before = ResourcesOf(getpid());
  ASSERT_THAT(before, IsOk());
  EXPECT_GT(before->memory_kib, 100);
  EXPECT_GE(before->threads, 1);
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  const int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_GE(connection, 0);
  const auto after = ResourcesOf(getpid());
  close(fd);
  close(connection);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->descriptors, before->descriptors + 1);
  EXPECT_EQ(after->sockets, before->sockets + 1);
}

TEST(ResourcesTest, NoSuchProcess) {
  EXPECT_THAT(ResourcesOf(1 << 29), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace exactmean

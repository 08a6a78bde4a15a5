// The ports are free, different, and not the kernel's to hand out.

#include "tools/cluster/free_ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::Each;
using ::testing::Lt;

TEST(FreePortsTest, AreFreeAndDifferent) {
  auto ports = FreePorts(50);
  ASSERT_THAT(ports, IsOk());
  EXPECT_EQ(std::set<int>(ports->begin(), ports->end()).size(), 50u);
  for (int port : *ports) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
              0)
        << port;
    close(fd);
  }
}

TEST(FreePortsTest, AreNotForOutgoingConnections) {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  int first_outgoing = 0;
  ASSERT_TRUE(range >> first_outgoing);
  if (first_outgoing < 11000) {
    GTEST_SKIP() << "this machine leaves too few ports below its range";
  }
  auto ports = FreePorts(50);
  ASSERT_THAT(ports, IsOk());
  EXPECT_THAT(*ports, Each(Lt(first_outgoing)));
}

}  // namespace
}  // namespace exactmean

// Random candidates below the kernel's range, each proven free by a bind.

#include "tools/cluster/free_ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

constexpr int kLowest = 10000;
constexpr int kTries = 1000;

// One past the highest port to try.
int Limit() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  int first_outgoing = 0;
  // Linux's default where the file cannot be read.
  if (!(range >> first_outgoing)) first_outgoing = 32768;
  // A range made to start low leaves little below it: then any port must do.
  return first_outgoing >= kLowest + 1000 ? first_outgoing : 65536;
}

bool IsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free =
      bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return free;
}

}  // namespace

absl::StatusOr<std::vector<int>> FreePorts(int count) {
  std::random_device random;
  std::uniform_int_distribution<int> candidates(kLowest, Limit() - 1);
  std::vector<int> ports;
  for (int i = 0; i < kTries && static_cast<int>(ports.size()) < count; ++i) {
    const int port = candidates(random);
    if (std::count(ports.begin(), ports.end(), port) == 0 && IsFree(port)) {
      ports.push_back(port);
    }
  }
  if (static_cast<int>(ports.size()) < count) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no ", count, " free ports on 127.0.0.1 from ", kLowest,
                     " up, after ", kTries, " tries"));
  }
  return ports;
}

}  // namespace exactmean

// Tells from the bytes that a Kafka client sends whether it talks to a
// transaction coordinator.

#ifndef EXACTMEAN_TOOLS_CLUSTER_PROXY_REQUEST_SCANNER_H_
#define EXACTMEAN_TOOLS_CLUSTER_PROXY_REQUEST_SCANNER_H_

#include <cstddef>
#include <cstdint>

namespace exactmean {

// Of one connection, from its first byte on. Clients keep a connection of its
// own for their transactions' coordinator.
class RequestScanner {
 public:
  void Scan(const char* bytes, size_t size);

  // A request that only a transaction coordinator serves has begun.
  bool transactional() const { return transactional_; }

 private:
  static constexpr size_t kHeader = 6;  // size of the rest: 4; API key: 2

  unsigned char header_[kHeader] = {};
  size_t header_size_ = 0;  // bytes of it so far
  int64_t left_ = 0;        // of the request, after the header
  bool transactional_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_CLUSTER_PROXY_REQUEST_SCANNER_H_

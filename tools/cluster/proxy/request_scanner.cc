// Requests one after the other: a size, an API key, the rest.

#include "tools/cluster/proxy/request_scanner.h"

#include <algorithm>

namespace exactmean {
namespace {

bool IsTransactional(int api_key) {
  constexpr int kInitProducerId = 22;
  constexpr int kAddPartitionsToTxn = 24;
  constexpr int kAddOffsetsToTxn = 25;
  constexpr int kEndTxn = 26;
  return api_key == kInitProducerId || api_key == kAddPartitionsToTxn ||
         api_key == kAddOffsetsToTxn || api_key == kEndTxn;
}

}  // namespace

void RequestScanner::Scan(const char* bytes, size_t size) {
  for (size_t i = 0; i < size;) {
    if (header_size_ < kHeader) {
      header_[header_size_++] = static_cast<unsigned char>(bytes[i++]);
      if (header_size_ < kHeader) continue;
      const uint32_t rest = static_cast<uint32_t>(header_[0]) << 24 |
                            static_cast<uint32_t>(header_[1]) << 16 |
                            static_cast<uint32_t>(header_[2]) << 8 | header_[3];
      left_ = std::max<int64_t>(0, static_cast<int64_t>(rest) - 2);
      transactional_ |= IsTransactional(header_[4] << 8 | header_[5]);
    } else {
      const int64_t step = std::min(left_, static_cast<int64_t>(size - i));
      i += static_cast<size_t>(step);
      left_ -= step;
    }
    if (left_ == 0) header_size_ = 0;
  }
}

}  // namespace exactmean

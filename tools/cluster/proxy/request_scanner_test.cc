// Requests in one piece and byte by byte.

#include "tools/cluster/proxy/request_scanner.h"

#include <string>

#include "gtest/gtest.h"

namespace exactmean {
namespace {

std::string Request(int api_key, size_t body) {
  std::string request = {
      0, 0, 0, static_cast<char>(body + 2), 0, static_cast<char>(api_key)};
  // What looks like a request to end a transaction, in the middle of another.
  while (request.size() < body + 6) request += std::string("\0\0\0\2\0\x1a", 6);
  request.resize(body + 6);
  return request;
}

TEST(RequestScannerTest, SeesTransactionsInAnyPieces) {
  const std::string others =
      Request(18, 30) + Request(3, 0) + Request(0, 100) + Request(1, 7);
  for (const size_t piece : {size_t{1}, size_t{5}, size_t{1000}}) {
    for (const int key : {22, 24, 25, 26}) {
      RequestScanner scanner;
      const auto scan = [&](const std::string& bytes) {
        for (size_t i = 0; i < bytes.size(); i += piece) {
          const std::string part = bytes.substr(i, piece);
          scanner.Scan(part.data(), part.size());
        }
      };
      scan(others);
      EXPECT_FALSE(scanner.transactional());
      scan(Request(key, 9));
      EXPECT_TRUE(scanner.transactional()) << key;
      scan(others);
      EXPECT_TRUE(scanner.transactional()) << key;
    }
  }
}

}  // namespace
}  // namespace exactmean

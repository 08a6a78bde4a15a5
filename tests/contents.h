// What is in a file.

#ifndef EXACTMEAN_TESTS_CONTENTS_H_
#define EXACTMEAN_TESTS_CONTENTS_H_

#include <fstream>
#include <iterator>
#include <string>

namespace exactmean {

// Empty if it cannot be read: who expects something in it sees that.
inline std::string ContentsOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CONTENTS_H_

// Changes of bytes that know nothing of their meaning.

#ifndef EXACTMEAN_TESTS_FUZZ_MUTATOR_H_
#define EXACTMEAN_TESTS_FUZZ_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace exactmean {

// The same seed, dictionary and calls make the same changes.
class Mutator {
 public:
  Mutator(uint64_t seed, std::vector<std::string> dictionary)
      : random_(seed), dictionary_(std::move(dictionary)) {}

  // Changes `bytes` in one to eight places; at most `max_size` bytes are left.
  void Mutate(size_t max_size, std::string* bytes);

  // Some of `bytes`, then some of `other`.
  void CrossOver(absl::string_view other, size_t max_size, std::string* bytes);

  // Evenly from 0 to n - 1. REQUIRES: n > 0.
  size_t Below(size_t n) { return random_() % n; }

 private:
  void MutateOnce(std::string* bytes);
  void FlipBit(std::string* bytes);
  void SetByte(std::string* bytes);
  void InsertBytes(std::string* bytes);
  void EraseRange(std::string* bytes);
  void CopyRange(std::string* bytes);
  void SetInteger(std::string* bytes);
  void PutWord(std::string* bytes);
  void ChangeDecimal(std::string* bytes);

  std::mt19937_64 random_;
  const std::vector<std::string> dictionary_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_MUTATOR_H_

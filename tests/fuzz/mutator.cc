// Bit flips, insertions, splices, interesting integers, words and numbers.

#include "tests/fuzz/mutator.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

// Where code tends to go wrong.
constexpr uint64_t kIntegers[] = {0,
                                  1,
                                  0x7F,
                                  0x80,
                                  0xFF,
                                  0x7FFF,
                                  0x8000,
                                  0xFFFF,
                                  0x7FFFFFFF,
                                  0x80000000,
                                  0xFFFFFFFF,
                                  0x7FEFFFFFFFFFFFFF,  // the largest double
                                  0x7FF0000000000000,  // infinity
                                  0x7FF8000000000000,  // NaN
                                  0x7FFFFFFFFFFFFFFF,
                                  0x8000000000000000,  // -0.0
                                  0xFFFFFFFFFFFFFFFF};

constexpr absl::string_view kDecimals[] = {"0",
                                           "-0",
                                           "1e140",
                                           "1e308",
                                           "1e309",
                                           "5e-324",
                                           "1e-400",
                                           "2147483648",
                                           "4294967296",
                                           "9223372036854775807",
                                           "9223372036854775808",
                                           "18446744073709551616",
                                           "0.1",
                                           "1e999999999999"};

}  // namespace

void Mutator::Mutate(size_t max_size, std::string* bytes) {
  for (size_t left = size_t{1} << Below(4); left > 0; --left) {
    MutateOnce(bytes);
  }
  if (bytes->size() > max_size) bytes->resize(max_size);
}

void Mutator::CrossOver(absl::string_view other, size_t max_size,
                        std::string* bytes) {
  if (!bytes->empty()) bytes->resize(Below(bytes->size() + 1));
  const size_t from = other.empty() ? 0 : Below(other.size());
  absl::StrAppend(bytes, other.substr(from));
  if (bytes->size() > max_size) bytes->resize(max_size);
}

void Mutator::MutateOnce(std::string* bytes) {
  if (bytes->empty()) return InsertBytes(bytes);
  switch (Below(dictionary_.empty() ? 7 : 9)) {
    case 0:
      return FlipBit(bytes);
    case 1:
      return SetByte(bytes);
    case 2:
      return InsertBytes(bytes);
    case 3:
      return EraseRange(bytes);
    case 4:
      return CopyRange(bytes);
    case 5:
      return SetInteger(bytes);
    case 6:
      return ChangeDecimal(bytes);
    default:
      return PutWord(bytes);
  }
}

void Mutator::FlipBit(std::string* bytes) {
  char& at = (*bytes)[Below(bytes->size())];
  at = static_cast<char>(at ^ (1 << Below(8)));
}

void Mutator::SetByte(std::string* bytes) {
  (*bytes)[Below(bytes->size())] = static_cast<char>(random_());
}

void Mutator::InsertBytes(std::string* bytes) {
  bytes->insert(Below(bytes->size() + 1), 1 + Below(4),
                static_cast<char>(random_()));
}

void Mutator::EraseRange(std::string* bytes) {
  const size_t at = Below(bytes->size());
  bytes->erase(at, 1 + Below(Below(2) == 0 ? 4 : bytes->size()));
}

// From one place to another, over what is there or between it.
void Mutator::CopyRange(std::string* bytes) {
  const size_t from = Below(bytes->size());
  const std::string range = bytes->substr(from, 1 + Below(16));
  const size_t to = Below(bytes->size());
  if (Below(2) == 0) {
    bytes->insert(to, range);
  } else {
    bytes->replace(to, range.size(), range);
  }
}

void Mutator::SetInteger(std::string* bytes) {
  const size_t size = std::min(size_t{1} << Below(4), bytes->size());
  const size_t at = Below(bytes->size() - size + 1);
  uint64_t integer = 0;
  std::memcpy(&integer, bytes->data() + at, size);
  integer = Below(2) == 0 ? kIntegers[Below(std::size(kIntegers))]
                          : integer + Below(33) - 16;
  std::memcpy(&(*bytes)[at], &integer, size);
}

void Mutator::PutWord(std::string* bytes) {
  const std::string& word = dictionary_[Below(dictionary_.size())];
  const size_t at = Below(bytes->size() + 1);
  if (Below(2) == 0) {
    bytes->insert(at, word);
  } else {
    bytes->replace(at, word.size(), word);
  }
}

// Another number in the place of a run of digits.
void Mutator::ChangeDecimal(std::string* bytes) {
  const auto begin = std::find_if(bytes->begin() + Below(bytes->size()),
                                  bytes->end(), absl::ascii_isdigit);
  const auto end = std::find_if_not(begin, bytes->end(), absl::ascii_isdigit);
  if (begin == end) return SetByte(bytes);
  const absl::string_view decimal = kDecimals[Below(std::size(kDecimals))];
  bytes->replace(begin, end,
                 Below(2) == 0 ? std::string(decimal)
                               : absl::StrCat(random_() >> Below(64)));
}

}  // namespace exactmean

// The bare loop's state: a hash table of keys with their windows.

#ifndef EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_KEY_TABLE_H_
#define EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_KEY_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/benchmark/bare_loop/window.h"

namespace exactmean {

// Keys of up to 20 bytes, never removed; pointers stay good. Open addressing
// over entries that are allocated in blocks. One thread.
class KeyTable {
 public:
  struct Entry {
    Window window;
    uint64_t hash = 0;
    int32_t partition = 0;
    uint32_t key_size = 0;
    bool dirty = false;
    char key[20];
  };

  KeyTable() { Grow(); }

  // The entry of `key`, made if there is none. Ends the process if it is too
  // long.
  Entry* Get(absl::string_view key);

  size_t size() const { return size_; }

 private:
  static constexpr size_t kBlock = 4096;

  void Grow();

  std::vector<Entry*> slots_;
  std::vector<std::unique_ptr<Entry[]>> blocks_;
  size_t used_ = kBlock;  // of the last block
  size_t size_ = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_BENCHMARK_BARE_LOOP_KEY_TABLE_H_

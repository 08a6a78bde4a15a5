// Memory for the entries of one table.

#ifndef EXACTMEAN_STATE_ENTRY_MEMORY_H_
#define EXACTMEAN_STATE_ENTRY_MEMORY_H_

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace exactmean {

// Hands out pieces of chunks, which it owns: millions of entries of much the
// same size need neither a header each nor to be rounded up to sixteen bytes.
// What is given back is used again for entries of that size alone, and goes to
// the system with the object. Large pieces, and under AddressSanitizer all, are
// the global allocator's. Confined to one thread.
class EntryMemory {
 public:
  EntryMemory() = default;
  // The other is of no use any more.
  EntryMemory(EntryMemory&& other) = default;
  EntryMemory& operator=(EntryMemory&& other) = delete;

  // Aligned for any type of eight bytes.
  void* Allocate(size_t bytes);
  // `bytes` as they were asked for.
  void Free(void* piece, size_t bytes);

 private:
  struct Freed {
    Freed* next;
  };
  static constexpr size_t kStep = 8;
  static constexpr size_t kLargest = 512;

  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_bytes_ = 4096;  // of the next
  char* unused_ = nullptr;     // of the last chunk
  size_t unused_bytes_ = 0;
  std::array<Freed*, kLargest / kStep + 1> freed_{};  // by steps
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_ENTRY_MEMORY_H_

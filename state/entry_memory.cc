// EntryMemory.

#include "state/entry_memory.h"

#include <algorithm>
#include <new>

namespace exactmean {
namespace {

constexpr size_t kLargestChunk = 64 << 10;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kOwnChunks = false;
#else
constexpr bool kOwnChunks = true;
#endif

}  // namespace

void* EntryMemory::Allocate(size_t bytes) {
  if (bytes > kLargest || !kOwnChunks) return ::operator new(bytes);
  const size_t steps = (bytes + kStep - 1) / kStep;
  Freed*& freed = freed_[steps];
  if (freed != nullptr) {
    Freed* const piece = freed;
    freed = piece->next;
    return piece;
  }
  const size_t size = steps * kStep;
  if (unused_bytes_ < size) {
    chunks_.emplace_back(new char[chunk_bytes_]);
    unused_ = chunks_.back().get();
    unused_bytes_ = chunk_bytes_;
    chunk_bytes_ = std::min(2 * chunk_bytes_, kLargestChunk);
  }
  char* const piece = unused_;
  unused_ += size;
  unused_bytes_ -= size;
  return piece;
}

void EntryMemory::Free(void* piece, size_t bytes) {
  if (bytes > kLargest || !kOwnChunks) {
    ::operator delete(piece);
    return;
  }
  Freed*& freed = freed_[(bytes + kStep - 1) / kStep];
  freed = new (piece) Freed{freed};
}

}  // namespace exactmean

// Copies the bytes of a batch, and spoils them when their time is over.

#include "tests/fake_log/record_batch.h"

#include <algorithm>

namespace exactmean {
namespace {

absl::StatusOr<Headers> ReadHeaders(const void* message) {
  return *static_cast<const Headers*>(message);
}

}  // namespace

void RecordBatch::Invalidate() {
  std::fill(bytes_.begin(), bytes_.end(), '\xDD');
  found_.clear();
  headers_.clear();
  records_.clear();
}

absl::string_view RecordBatch::Keep(const std::string& bytes) {
  const size_t begin = bytes_.size();
  bytes_.append(bytes);
  return absl::string_view(bytes_.data() + begin, bytes.size());
}

absl::Span<const LogRecord> RecordBatch::Finish() {
  size_t total = 0;
  for (const auto& [partition, record] : found_) {
    if (record->key.has_value()) total += record->key->size();
    if (record->value.has_value()) total += record->value->size();
  }
  bytes_.clear();
  bytes_.reserve(total);  // so that no view moves
  records_.reserve(found_.size());
  for (const auto& [partition, record] : found_) {
    LogRecord out;
    out.partition = partition;
    out.offset = record->offset;
    out.timestamp_ms = record->timestamp_ms;
    if (record->key.has_value()) out.key = Keep(*record->key);
    if (record->value.has_value()) out.value = Keep(*record->value);
    headers_.push_back(record->headers);
    out.read_headers = &ReadHeaders;
    out.message = &headers_.back();
    records_.push_back(out);
  }
  return records_;
}

}  // namespace exactmean

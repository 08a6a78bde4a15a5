// The records one call of a fake log returns, with the lifetime of the contract
// and not a call longer.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_RECORD_BATCH_H_
#define EXACTMEAN_TESTS_FAKE_LOG_RECORD_BATCH_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/fake_log/fake_topic.h"

namespace exactmean {

// Holds a copy of the bytes and overwrites it on Invalidate, so that whoever
// keeps a view for too long reads garbage.
class RecordBatch {
 public:
  void Invalidate();
  // `record` must live until Finish.
  void Add(Partition partition, const FakeRecord& record) {
    found_.emplace_back(partition, &record);
  }
  size_t size() const { return found_.size(); }
  // The records added; the views into them hold until Invalidate.
  absl::Span<const LogRecord> Finish();

 private:
  absl::string_view Keep(const std::string& bytes);

  std::vector<std::pair<Partition, const FakeRecord*>> found_;
  std::string bytes_;
  std::deque<Headers> headers_;
  std::vector<LogRecord> records_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_RECORD_BATCH_H_

// The oracle: what the results topic must hold, computed from the input alone,
// by definitions and not by the code under test.

#ifndef EXACTMEAN_TESTS_WORLD_MODEL_H_
#define EXACTMEAN_TESTS_WORLD_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "state/types.h"

namespace exactmean {

// The committed view of a results partition: the newest value of each key.
using CommittedView = std::map<std::string, std::string>;

// Of one input partition, for a pipeline with the windows of ModelSpec().
class Model {
 public:
  // Window sizes: the last kCount values, and all of them.
  static constexpr int kCount = 3;

  // The next input offset holds this record; no value deletes the key; text
  // that is no number is a bad record, to be skipped.
  void AppendRecord(const std::string& key, absl::optional<std::string> value) {
    records_.push_back({true, key, std::move(value)});
  }
  // The next input offset holds no record.
  void AppendAbsent() { records_.push_back({}); }

  Offset end() const { return Offset(static_cast<int64_t>(records_.size())); }

  // Is `view` fold(n) for its checkpoint's n? An empty view is fine. On success
  // `*next` is that n (-1 for an empty view).
  absl::Status Check(const CommittedView& view, Offset* next) const;

 private:
  struct Record {
    bool present = false;
    std::string key;
    absl::optional<std::string> value;
  };

  std::map<std::string, std::vector<double>> Fold(int64_t end) const;

  std::vector<Record> records_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_MODEL_H_

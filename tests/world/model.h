// The oracle: what the results topic must hold, computed from the input alone,
// by definitions and not by the code under test.

#ifndef EXACTMEAN_TESTS_WORLD_MODEL_H_
#define EXACTMEAN_TESTS_WORLD_MODEL_H_

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/bad_record_policy.h"
#include "proto/result.pb.h"
#include "state/record.h"
#include "state/spec.h"
#include "state/types.h"

namespace exactmean {

// The committed view of a results partition: the newest value of each key.
using CommittedView = std::map<std::string, std::string>;

// One offset of the input.
struct ModelRecord {
  enum class Kind {
    kAbsent,  // no record: a marker, or of a transaction that aborted
    kBad,     // to be passed over, by policy
    kFilter,  // the step lets it go by
    kDelete,  // of the key
    kValue,
  };
  Kind kind = Kind::kAbsent;
  absl::optional<std::string> key;
  absl::optional<std::string> text;  // the record's value
  Headers headers;
  int64_t timestamp_ms = 0;
  double value = 0;
};

// fold(next): what the records from `start` to before `next` come to.
struct ModelFold {
  struct Key {
    std::vector<Sample> samples;  // since the key's first
    uint64_t retried = 0;         // of these, by a retry topic
    Offset last_offset;
    EventTime newest;
  };
  Offset start;
  Offset next;
  std::map<std::string, Key> keys;
  absl::optional<EventTime> stream_time;
  uint64_t applied = 0, late = 0, skipped = 0, dead_lettered = 0;
  uint64_t filtered = 0, absent = 0;
  // Sent to a retry topic, and those of them that were folded in from there.
  uint64_t retried = 0, retries_applied = 0;
};

// Of one input partition.
class Model {
 public:
  explicit Model(StateSpec spec,
                 BadRecordPolicy on_bad_record = BadRecordPolicy::kSkip)
      : spec_(std::move(spec)), on_bad_record_(on_bad_record) {}

  BadRecordPolicy on_bad_record() const { return on_bad_record_; }

  // The next input offset holds this.
  void Append(ModelRecord record) { records_.push_back(std::move(record)); }
  void AppendAbsent() { records_.push_back({}); }
  // The transaction of the record there has aborted.
  void MakeAbsent(Offset offset) { at(offset) = ModelRecord(); }

  Offset end() const { return Offset(static_cast<int64_t>(records_.size())); }
  const ModelRecord& record(Offset offset) const {
    return records_[static_cast<size_t>(offset.value())];
  }

  ModelFold StartAt(Offset start) const;
  // Folds on to `next`; adds the keys that it touches to `touched`. Those
  // `sent` to a retry topic are only counted.
  // REQUIRES: fold->next <= next <= end().
  void Advance(Offset next, ModelFold* fold, std::set<std::string>* touched,
               const std::set<Offset>& sent = {}) const;
  // Folds in the value at `offset`, which comes back from a retry topic.
  // REQUIRES windows, and no grace or idle_key_ttl, to which the order of a
  // key's records is nothing.
  void FoldRetried(Offset offset, ModelFold* fold,
                   std::set<std::string>* touched) const;

  // Is `value` (nullopt: none) what the topic must hold for `key`?
  absl::Status CheckKey(const ModelFold& fold, const std::string& key,
                        absl::optional<absl::string_view> value) const;
  // Does the checkpoint say of the fold what is so?
  static absl::Status CheckCheckpoint(const ModelFold& fold,
                                      const results::Checkpoint& checkpoint);

 private:
  ModelRecord& at(Offset offset) {
    return records_[static_cast<size_t>(offset.value())];
  }
  void FoldOne(const ModelRecord& record, Offset offset, ModelFold* fold,
               std::set<std::string>* touched) const;
  void FoldValue(const ModelRecord& record, Offset offset, ModelFold* fold,
                 std::set<std::string>* touched) const;

  StateSpec spec_;
  BadRecordPolicy on_bad_record_;
  std::deque<ModelRecord> records_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_MODEL_H_

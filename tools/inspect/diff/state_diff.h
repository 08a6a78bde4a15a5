// In what two states differ: keys, and the averages of the windows that both
// have.

#ifndef EXACTMEAN_TOOLS_INSPECT_DIFF_STATE_DIFF_H_
#define EXACTMEAN_TOOLS_INSPECT_DIFF_STATE_DIFF_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "proto/result.pb.h"
#include "state/types.h"
#include "tools/inspect/past/answer_label.h"

namespace exactmean {

// One partition of one state.
struct DiffSide {
  AnswerLabel label = AnswerLabel::kNow;
  std::string reason;                // of unavailable
  absl::optional<Offset> at;         // of the input; none: no state
  std::vector<std::string> windows;  // of each snapshot, in order
  absl::flat_hash_map<std::string, std::string> snapshots;  // by key
  absl::optional<results::Checkpoint> checkpoint;           // of kNow
  std::vector<std::string> remarks;

  // Of a fold that begins here, after records that are no longer retained: of
  // keys that had some of these, the count windows alone can be compared, and
  // those when they are full. REQUIRES: no record counts by the time of others.
  absl::optional<Offset> cut;
  std::vector<uint64_t> sizes;  // then: of each window; 0: no count window
};

struct PartitionDiff {
  Partition partition;
  AnswerLabel left = AnswerLabel::kNow, right = AnswerLabel::kNow;
  absl::optional<Offset> left_at, right_at;
  uint64_t same = 0, changed = 0, only_left = 0, only_right = 0;
  uint64_t not_compared = 0;  // keys of which no window could be
  std::vector<std::string> remarks;

  bool available() const {
    return left != AnswerLabel::kUnavailable &&
           right != AnswerLabel::kUnavailable;
  }
};

// A window that both sides have, over all keys.
struct WindowDiff {
  std::string name;
  uint64_t compared = 0, changed = 0, not_compared = 0;
  // Of the averages of those that changed. Relative to the left; infinite when
  // that is 0, and then not in the sum.
  double largest = 0, sum = 0;
  double largest_relative = 0, sum_relative = 0;
  uint64_t in_sum_relative = 0;
};

struct KeyDiff {
  enum class Kind { kChanged, kOnlyLeft, kOnlyRight };
  struct Window {
    size_t window = 0;  // of StateDiff::windows()
    double left = 0, right = 0;
    uint64_t left_count = 0, right_count = 0;

    double change() const { return right - left; }
    double relative() const;  // of the change, >= 0
  };
  std::string key;
  Partition partition;
  Kind kind = Kind::kChanged;
  std::vector<Window> windows;  // that changed

  // That with the largest relative change; null when there is none.
  const Window* worst() const;

  // The most changed first, then keys of one side, each in order.
  friend bool operator<(const KeyDiff& a, const KeyDiff& b);
};

// A window of a key has changed when its average, count, minimum, maximum or
// deviation has. What windows hold behind these is not compared.
class StateDiff {
 public:
  // Keeps the first `top` keys; 0: all.
  explicit StateDiff(size_t top) : top_(top) {}

  // kDataLoss, with partition and key: what should be a snapshot is none.
  absl::Status Add(Partition partition, DiffSide left, DiffSide right);

  const std::vector<PartitionDiff>& partitions() const { return partitions_; }
  const std::vector<WindowDiff>& windows() const { return windows_; }
  const std::set<std::string>& windows_left() const { return left_alone_; }
  const std::set<std::string>& windows_right() const { return right_alone_; }
  const std::set<KeyDiff>& keys() const { return keys_; }

  // Is a key, or the windows, of one side alone or changed?
  bool differs() const;
  // Could each partition and key be compared?
  bool complete() const;

 private:
  struct Pair {
    size_t window;
    int left, right;  // of the snapshots' averages
  };
  struct Sides;

  std::vector<Pair> PairWindows(const DiffSide& left, const DiffSide& right);
  absl::Status CompareKey(const Sides& sides, const std::string& key,
                          PartitionDiff* to);
  void Measure(const KeyDiff::Window& change);
  void Keep(KeyDiff key);

  const size_t top_;
  std::vector<PartitionDiff> partitions_;
  std::vector<WindowDiff> windows_;
  std::set<std::string> left_alone_, right_alone_;
  std::set<KeyDiff> keys_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DIFF_STATE_DIFF_H_

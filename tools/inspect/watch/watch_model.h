// What a watcher of a results topic knows: fed with records, asked for a view.

#ifndef EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_MODEL_H_
#define EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_MODEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/log.h"
#include "proto/result.pb.h"
#include "state/types.h"

namespace exactmean {

// A key whose average changed within an interval.
struct Mover {
  std::string key;
  Partition partition;
  double before = 0;
  double now = 0;
};

// One partition at the end of an interval. Absent: not known.
struct WatchedPartition {
  Partition partition;
  absl::optional<Offset> next_offset;  // absent: no checkpoint yet
  absl::optional<int64_t> lag;         // input offsets beyond it
  absl::optional<absl::Duration> commit_age;
  uint64_t keys = 0;
  double records_per_second = 0;
  double commits_per_second = 0;
};

struct WatchView {
  absl::Time time;
  absl::Duration interval;  // that rates and movers are of
  std::vector<WatchedPartition> partitions;
  std::string window;         // whose averages the movers are of
  std::vector<Mover> movers;  // those that changed most, first
  std::string trouble;        // that hinders reading, or the lag; empty: none
};

// Keeps of each live key one average. Pure: the times are the caller's.
// Confined to one thread.
class WatchModel {
 public:
  // `window` is the name of the window watched; empty: the first. At most
  // `movers` are shown.
  WatchModel(std::vector<Partition> partitions, std::string window,
             size_t movers);

  // A record of the results topic. kDataLoss: it is none of ours. kNotFound:
  // there is no such window.
  absl::Status Accept(const LogRecord& record);
  // The records of the partition begin anew.
  void Forget(Partition partition);
  // The end of the input partition.
  void SetInputEnd(Partition partition, absl::optional<Offset> end) {
    partitions_[partition].input_end = end;
  }
  // Of the newest checkpoint so far; empty: there is none.
  const std::string& input_topic() const { return input_topic_; }

  // Ends an interval and begins the next. The first call, once all is read that
  // was there at the start, has rates and movers of none.
  WatchView Tick(absl::Time now);

 private:
  struct Entry {
    double before = 0;  // at the beginning of the interval
    double now = 0;
    bool is_new = true;  // in this interval
  };
  struct State {
    absl::optional<results::Checkpoint> checkpoint;
    int64_t checkpoint_ms = -1;
    absl::optional<Offset> input_end;
    uint64_t commits = 0;         // in this interval
    uint64_t records_before = 0;  // folded in, as of its beginning
    bool counted = false;         // is records_before of a checkpoint?
    absl::flat_hash_map<std::string, Entry> keys;
    absl::flat_hash_set<std::string> touched;  // in this interval
  };

  absl::Status AcceptCheckpoint(const LogRecord& record, State* state);
  absl::Status AcceptSnapshot(absl::string_view key, absl::string_view value,
                              State* state);
  WatchedPartition Watched(Partition partition, State* state, absl::Time now,
                           double seconds) const;
  void TakeMovers(Partition partition, State* state,
                  std::vector<Mover>* movers) const;

  const std::string window_;
  const size_t max_movers_;
  std::string input_topic_;
  std::string window_name_;
  int window_index_ = 0;
  std::map<Partition, State> partitions_;
  absl::optional<absl::Time> last_tick_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_WATCH_WATCH_MODEL_H_

// Reads a results topic once and then follows it, into a model.

#ifndef EXACTMEAN_TOOLS_INSPECT_WATCH_FOLLOWER_H_
#define EXACTMEAN_TOOLS_INSPECT_WATCH_FOLLOWER_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/scan.h"
#include "tools/inspect/watch/watch_model.h"

namespace exactmean {

// Confined to one thread. No record is read twice, unless a partition's records
// were taken away or the topic was made anew: it is then read from its start.
class Follower {
 public:
  // Both outlive this object.
  Follower(TopicReader* reader, WatchModel* model)
      : reader_(reader), model_(model) {}

  // First, once.
  absl::Status Open(absl::Span<const Partition> partitions,
                    const ScanOptions& options);

  // Takes in what comes within `timeout`. Passing trouble is no error, but says
  // so in trouble(). kDataLoss: a key's newest record, or a partition's newest
  // checkpoint, is none.
  absl::Status Read(absl::Duration timeout);

  // Why nothing comes of what was committed at the start, as in scan.h. OK:
  // transactions are open, or nothing is missing.
  absl::Status WhySilent();

  // That a transaction is open, when it holds back all that is new in a
  // partition; empty: in none. Brokers are asked once nothing has come for
  // `patience`, and then as often.
  std::string HeldBack(absl::Time now, absl::Duration patience);

  // Has all been read that was committed at the start?
  bool loaded() const { return behind_.empty(); }
  uint64_t records() const { return records_; }
  // That was met last and is not over; empty: none.
  const std::string& trouble() const { return trouble_; }

 private:
  // A position that does not move.
  struct Quiet {
    Offset position;
    absl::Time asked;  // or reached it
    bool held_back = false;
  };

  absl::Status StartOver(const absl::Status& cause);

  TopicReader* const reader_;
  WatchModel* const model_;
  std::map<Partition, Offset> positions_;
  std::map<Partition, Offset> behind_;  // and the offset to be reached
  std::map<Partition, Quiet> quiet_;
  // By key: what the model did not take, and no good record has followed yet.
  std::map<std::pair<Partition, std::string>, absl::Status> bad_;
  uint64_t records_ = 0;
  std::string trouble_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_WATCH_FOLLOWER_H_

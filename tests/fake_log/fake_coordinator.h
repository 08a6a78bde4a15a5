// The transaction coordinator in memory: which producer may write under a
// transactional id, what its open transaction touches, and when it is decided.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_COORDINATOR_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_COORDINATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/fake_log/fake_group.h"
#include "tests/fake_log/fake_topic.h"

namespace exactmean {

// A producer as the coordinator knows it: valid until its id is opened anew or
// its transaction times out.
struct FakeProducer {
  ProducerId producer = kNoProducer;
  int32_t epoch = -1;
};

// Source of truth of the producers' epochs. A stale epoch is refused with
// kFailedPrecondition. A decision (commit, abort) holds at once, but partitions
// and groups learn of it by markers, each on its own: at once, or in manual
// mode when the test says so, or when the producer next needs it.
class FakeCoordinator {
 public:
  explicit FakeCoordinator(bool manual_markers)
      : manual_markers_(manual_markers) {}
  FakeCoordinator(const FakeCoordinator&) = delete;
  FakeCoordinator& operator=(const FakeCoordinator&) = delete;

  // Fences the former producer of `transactional_id` and aborts what it left
  // open.
  FakeProducer Init(absl::string_view transactional_id, absl::Duration timeout);
  // The producer's open transaction, which this begins if need be, will write
  // to the partition or group: both must outlive this object.
  absl::Status Add(const FakeProducer& producer, FakePartition* partition,
                   absl::Time now);
  absl::Status Add(const FakeProducer& producer, FakeGroup* group,
                   absl::Time now);
  // Decides the open transaction; OK when there is none.
  absl::Status End(const FakeProducer& producer, bool commit);

  // Aborts and fences what has been open for longer than its timeout.
  void AbortTimedOut(absl::Time now);

  // In manual mode: markers not written yet, oldest first.
  size_t pending_markers() const { return markers_.size(); }
  // Writes one of them. REQUIRES: index < pending_markers().
  void WriteMarker(size_t index);

 private:
  struct Producer {
    std::string transactional_id;
    int32_t epoch = 0;
    absl::Duration timeout;
    bool open = false;
    absl::Time since;
    std::vector<FakePartition*> partitions;
    std::vector<FakeGroup*> groups;
  };
  struct Marker {
    ProducerId producer;
    FakePartition* partition;  // or else
    FakeGroup* group;
    bool commit;
  };

  Producer& Get(ProducerId producer) {
    return producers_[static_cast<size_t>(producer) - 1];
  }
  absl::Status Check(const FakeProducer& producer) const;
  // Begins a transaction unless one is open.
  absl::Status Touch(const FakeProducer& producer, absl::Time now);
  void Decide(ProducerId producer, bool commit);
  // Brings a producer's earlier transaction to its end, as the broker makes a
  // producer wait for (CONCURRENT_TRANSACTIONS).
  void FinishMarkers(ProducerId producer);

  const bool manual_markers_;
  std::vector<Producer> producers_;  // producer id - 1 is the index
  std::vector<Marker> markers_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_COORDINATOR_H_

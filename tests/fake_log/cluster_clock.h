// The clock of a cluster in memory.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_CLUSTER_CLOCK_H_
#define EXACTMEAN_TESTS_FAKE_LOG_CLUSTER_CLOCK_H_

#include "absl/time/time.h"
#include "processor/clock.h"
#include "tests/fake_log/fake_cluster.h"

namespace exactmean {

// Sleeping is the passing of the cluster's time. So is each look, by `a_look`:
// who only looks until a deadline would otherwise look for ever. The cluster
// outlives this object.
class ClusterClock : public Clock {
 public:
  explicit ClusterClock(FakeCluster* cluster,
                        absl::Duration a_look = absl::ZeroDuration())
      : cluster_(cluster), a_look_(a_look) {}

  absl::Time Now() override {
    if (a_look_ > absl::ZeroDuration()) cluster_->Advance(a_look_);
    return cluster_->now();
  }
  void Sleep(absl::Duration duration) override { cluster_->Advance(duration); }

 private:
  FakeCluster* const cluster_;
  const absl::Duration a_look_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_CLUSTER_CLOCK_H_

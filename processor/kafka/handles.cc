// Ends clients within a bounded time, and gives back the memory they held.

#include "processor/kafka/handles.h"

#include <malloc.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "glog/logging.h"

namespace exactmean {
namespace {

constexpr absl::Duration kLongestEnd = absl::Seconds(5);

}  // namespace

void ClientDestroyer::operator()(rd_kafka_t* client) const {
  // What is still queued is of no use to anybody: its transaction is over.
  if (rd_kafka_type(client) == RD_KAFKA_PRODUCER) {
    rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                               RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  auto ended = std::make_shared<absl::Notification>();
  std::thread ending([client, ended, used = used_by_callbacks] {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    ended->Notify();
  });
  if (ended->WaitForNotificationWithTimeout(kLongestEnd)) {
    ending.join();
    // Each of its threads had an arena of the allocator, which keeps what was
    // let go of: after some restores hundreds of MiB that nobody uses.
    malloc_trim(/*pad=*/0);
    return;
  }
  LOG(WARNING) << "a Kafka client did not end within "
               << absl::FormatDuration(kLongestEnd)
               << "; its threads are left to themselves";
  ending.detach();
}

}  // namespace exactmean

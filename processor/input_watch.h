// Whether the input is still the topic that the state is made of, and whether
// brokers answer at all.

#ifndef EXACTMEAN_PROCESSOR_INPUT_WATCH_H_
#define EXACTMEAN_PROCESSOR_INPUT_WATCH_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "state/partition_state.h"

namespace exactmean {

// A topic that was deleted and made again under its name has other records at
// the same offsets, and a client goes on reading it without a word. So the
// topic is held to what it was at the first question; what was polled before an
// answer is of the topic that the answer is about. As the question goes to a
// broker, it also tells of brokers that are gone, which empty polls do not.
// Owned by a Processor; on its thread.
class InputWatch {
 public:
  // `missing_patience`: how long a topic may be unknown, as it may be to a
  // broker that has just started.
  InputWatch(const Pipeline* pipeline, InputLog* input, Clock* clock,
             absl::Duration missing_patience);

  // Asks now. kUnavailable: no answer, or the topic is missing for the moment.
  // Stop(kState): it is another one, or has another number of partitions.
  // Stop(kConfig): it has been missing for too long. REQUIRES: the first
  // question comes before the first restore.
  absl::Status Check();

  // As Check, when there was no good answer for a while, or MakeDue was called;
  // else OK.
  absl::Status CheckIfDue();
  void MakeDue() { last_good_ = absl::InfinitePast(); }

 private:
  absl::Status Compare(const TopicIdentity& now) const;
  absl::Status Missing();

  const Pipeline* const pipeline_;
  InputLog* const input_;
  Clock* const clock_;
  const absl::Duration missing_patience_;
  absl::optional<std::string> id_;  // at the first question
  absl::Time last_good_ = absl::InfinitePast();
  absl::Time missing_since_ = absl::InfiniteFuture();
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_INPUT_WATCH_H_

// Whether a topic is still the one that the state is made of, or kept in, and
// whether brokers answer at all.

#ifndef EXACTMEAN_PROCESSOR_TOPIC_WATCH_H_
#define EXACTMEAN_PROCESSOR_TOPIC_WATCH_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/clock.h"
#include "processor/log.h"
#include "state/partition_state.h"

namespace exactmean {

// A topic that must stay what it is, and what to say when it does not.
struct WatchedTopic {
  absl::string_view role;  // "input", "results"
  std::string name;
  std::function<absl::StatusOr<TopicIdentity>()> describe;
  absl::string_view in_use;  // "while it was read", "while it was written"
  absl::string_view if_made_anew;      // what that means, and the way out
  absl::string_view if_deleted;        // likewise
  absl::optional<int32_t> partitions;  // nullopt: more of them do no harm
};

// The logs outlive what is returned.
WatchedTopic WatchedInput(const Pipeline& pipeline, InputLog* input);
WatchedTopic WatchedResults(const std::string& name, ResultsLog* results);

// A topic that was deleted and made again under its name has other records at
// the same offsets, or lacks what was written to it, and a client goes on with
// it without a word. So the topic is held to what it was at the first question;
// what was polled before an answer is of the topic that the answer is about. As
// the question goes to a broker, it also tells of brokers that are gone, which
// empty polls do not. Owned by a Processor; on its thread.
class TopicWatch {
 public:
  // `missing_patience`: how long a topic may be unknown, as it may be to a
  // broker that has just started.
  TopicWatch(WatchedTopic topic, Clock* clock, absl::Duration missing_patience);

  // Asks now. kUnavailable: no answer, or the topic is missing for the moment.
  // Stop(kState): it is another one, or has another number of partitions.
  // Stop(kConfig): it has been missing for too long. REQUIRES: the first
  // question comes before the first restore.
  absl::Status Check();

  // As Check, when there was no good answer for a second, or MakeDue was
  // called; else OK.
  absl::Status CheckIfDue();
  void MakeDue() { last_good_ = absl::InfinitePast(); }

 private:
  absl::Status Compare(const TopicIdentity& now) const;
  absl::Status Missing();
  std::string Name() const;

  const WatchedTopic topic_;
  Clock* const clock_;
  const absl::Duration missing_patience_;
  absl::optional<std::string> id_;  // at the first question
  absl::Time last_good_ = absl::InfinitePast();
  absl::Time missing_since_ = absl::InfiniteFuture();
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_TOPIC_WATCH_H_

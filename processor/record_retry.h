// The record of a partition that the step cannot tell of for now: since when,
// how often it was tried, and when it is tried again. Pure.

#ifndef EXACTMEAN_PROCESSOR_RECORD_RETRY_H_
#define EXACTMEAN_PROCESSOR_RECORD_RETRY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "state/types.h"

namespace exactmean {

// Waits of `first` that double up to `most`; of each, a part between a half and
// the whole.
struct RetryPolicy {
  absl::Duration first_wait = absl::Milliseconds(100);
  absl::Duration longest_wait = absl::Seconds(30);
  // Whichever comes first, the record is given up.
  int max_tries = 0;  // 0: no limit
  absl::Duration max_time = absl::InfiniteDuration();

  enum class GiveUp { kStop, kDeadLetter, kRetryTopic };
  GiveUp give_up = GiveUp::kStop;

  // One after the other, under kRetryTopic; after the last a dead letter.
  struct Topic {
    std::string name;
    absl::Duration delay;  // before it is tried again from there
  };
  std::vector<Topic> topics;
};

// Of one partition; owned by its task. Forgotten with the state that it stands
// before: whoever restores the partition counts from 0.
class RecordRetry {
 public:
  enum class Verdict { kAgain, kGiveUp };

  // The record at `offset` was tried, in vain. Whether it will be again.
  Verdict Failed(Partition partition, Offset offset, absl::string_view why,
                 absl::Time now, const RetryPolicy& policy);
  // A record was handled, or the state is gone.
  void Forget() { record_.reset(); }

  // Is there a record to try again?
  bool pending() const { return record_.has_value(); }
  // Is it to be waited for?
  bool waits(absl::Time now) const { return now < due(); }
  absl::Time due() const {
    return record_.has_value() ? record_->due : absl::InfinitePast();
  }
  // REQUIRES, of these: pending.
  Offset offset() const { return record_->offset; }
  int tries() const { return record_->tries; }
  absl::Time since() const { return record_->since; }
  const std::string& why() const { return record_->why; }

  // "at offset 12 for 3s: 4 tries, the next in 1s: <why>"; "" if not pending.
  std::string Describe(absl::Time now) const;

 private:
  struct Waiting {
    Offset offset;
    absl::Time since;
    absl::Time due;
    absl::Duration wait;  // the next, without jitter
    int tries = 0;
    std::string why;
  };
  absl::optional<Waiting> record_;
};

// "1 try", "3 tries".
std::string TriesText(int tries);

// As the log says durations.
std::string RoundedText(absl::Duration duration);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_RECORD_RETRY_H_

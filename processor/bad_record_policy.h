// What happens to a record that cannot be folded in.

#ifndef EXACTMEAN_PROCESSOR_BAD_RECORD_POLICY_H_
#define EXACTMEAN_PROCESSOR_BAD_RECORD_POLICY_H_

namespace exactmean {

enum class BadRecordPolicy {
  kStop,        // the process stops before it, and names it
  kSkip,        // passed over, counted and logged
  kDeadLetter,  // written to the dead-letter topic, counted and logged
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_BAD_RECORD_POLICY_H_

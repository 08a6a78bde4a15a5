// What the partitions of a pipeline share.

#ifndef EXACTMEAN_STATE_PIPELINE_H_
#define EXACTMEAN_STATE_PIPELINE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "state/delivery_mode.h"
#include "state/fingerprint.h"
#include "state/key_windows.h"
#include "state/spec.h"

namespace exactmean {

// Whose state it is: a checkpoint that says otherwise is another application's.
struct StateIdentity {
  std::string application_id;
  std::string input_topic;
  int32_t input_partitions = 0;
};

// For people: what it means that the input has partitions that it had not.
std::string DescribePartitionsChanged(const std::string& topic, int32_t had,
                                      int32_t has);

// What the partitions of a pipeline share; outlives their states.
struct Pipeline {
  Pipeline(const StateSpec& state_spec, StateIdentity whose,
           DeliveryMode mode = DeliveryMode::kExactlyOnce)
      : spec(state_spec),
        layout(state_spec, mode == DeliveryMode::kExactlyOnce),
        fingerprint(FingerprintOf(state_spec)),
        identity(std::move(whose)),
        delivery(mode) {}

  const StateSpec spec;
  const WindowLayout layout;
  const Fingerprint fingerprint;
  const StateIdentity identity;
  const DeliveryMode delivery;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PIPELINE_H_

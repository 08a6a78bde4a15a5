// The user's step and its retries, from the configuration's `step`.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_STEP_SETTINGS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_STEP_SETTINGS_H_

#include "processor/config/problems.h"
#include "processor/config/settings.h"
#include "proto/config.pb.h"

namespace exactmean {

// Sets `step`, `retry` and what of the environment is not to be shown. What is
// wrong goes to `problems`.
void ReadStep(const config::Config& config, Settings* settings,
              Problems* problems);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_STEP_SETTINGS_H_

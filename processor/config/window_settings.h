// The windows of a configuration, checked and in plain units.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_WINDOW_SETTINGS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_WINDOW_SETTINGS_H_

#include <cstdint>
#include <vector>

#include "processor/config/problems.h"
#include "proto/config.pb.h"
#include "state/spec.h"

namespace exactmean {

constexpr int kMaxWindows = 64;

// In the order of the configuration. What is wrong goes to `problems`; the
// result is of use only if that is nothing.
std::vector<WindowSpec> ReadWindows(const config::Config& config,
                                    Problems* problems);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_WINDOW_SETTINGS_H_

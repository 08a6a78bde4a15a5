// How samples are found, from the configuration's `input`.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_SOURCE_SETTINGS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_SOURCE_SETTINGS_H_

#include "processor/config/problems.h"
#include "processor/decoder/source_spec.h"
#include "proto/config.pb.h"

namespace exactmean {

// What is wrong goes to `problems`; the result is of use only if that is
// nothing.
SourceSpec ReadSource(const config::Input& input, Problems* problems);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_SOURCE_SETTINGS_H_

// Checks of single fields. Each adds what is wrong to the problems.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_CHECKS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_CHECKS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/config/problems.h"

namespace exactmean {

// Each returns whether nothing is wrong.

// Kafka's rules: 1 to 249 letters, digits, '.', '_' and '-'; not "." or "..".
bool CheckTopic(absl::string_view topic, absl::string_view field,
                Problems* problems);

// A part of a name that Kafka knows us by: 1 to 200 letters, digits, '.', '_'
// and '-'; not "." or "..".
bool CheckId(absl::string_view id, absl::string_view field, Problems* problems);

// A window's: 1 to 64 letters, digits and '_'.
bool CheckWindowName(absl::string_view name, absl::string_view field,
                     Problems* problems);

// Whether it is host, host:port or PROTOCOL://host:port, as librdkafka takes
// it; it would ignore a port that is none.
bool IsServer(absl::string_view server);

// The duration that `text` is; nullopt if it is empty (the field is left out),
// or no duration, or not from `min` to `max`.
absl::optional<absl::Duration> ReadDuration(absl::string_view text,
                                            absl::string_view field,
                                            absl::Duration min,
                                            absl::Duration max,
                                            Problems* problems);

// `text` with its variables (environment.h) replaced; empty if one is missing.
std::string Expanded(absl::string_view text, absl::string_view field,
                     Problems* problems);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_CHECKS_H_

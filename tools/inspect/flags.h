// Flags that several commands take. Those of one command alone are defined in
// its file.

#ifndef EXACTMEAN_TOOLS_INSPECT_FLAGS_H_
#define EXACTMEAN_TOOLS_INSPECT_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "state/types.h"

// Common: every command takes them.
ABSL_DECLARE_FLAG(std::string, config);
ABSL_DECLARE_FLAG(std::string, config_override);
ABSL_DECLARE_FLAG(std::string, bootstrap_servers);
ABSL_DECLARE_FLAG(std::string, results_topic);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(absl::Duration, patience);

// Of some. Without a value: not given.
ABSL_DECLARE_FLAG(absl::optional<uint32_t>, partition);  // nullopt: all
ABSL_DECLARE_FLAG(uint32_t, limit);                      // 0: no limit
ABSL_DECLARE_FLAG(std::string, prefix);    // of keys, as `list` prints them
ABSL_DECLARE_FLAG(std::string, match);     // RE2 is not at hand: a glob
ABSL_DECLARE_FLAG(uint64_t, max_records);  // of the input; 0: all it takes
ABSL_DECLARE_FLAG(absl::optional<uint64_t>, at_offset);
ABSL_DECLARE_FLAG(std::string, at_time);  // RFC 3339; empty: not given
ABSL_DECLARE_FLAG(absl::optional<uint64_t>, to_offset);
ABSL_DECLARE_FLAG(std::string, to_time);  // as at_time
ABSL_DECLARE_FLAG(uint32_t, at_once);     // partitions; 0 is taken for 1

namespace exactmean {

// The default of --max_records.
constexpr uint64_t kMaxRecords = 1000000;

// The common flags, by name.
const std::vector<std::string>& CommonFlags();

// What a flag of an offset says; nullopt: it was not given.
absl::optional<Offset> OffsetOfFlag(const absl::optional<uint64_t>& value);

// What a flag of a time says: RFC 3339, or a date alone. A Stop that names the
// flag when it is neither.
absl::StatusOr<absl::Time> TimeOfFlag(absl::string_view flag,
                                      const std::string& text);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_FLAGS_H_

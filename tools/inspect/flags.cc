// Definitions of the shared flags.

#include "tools/inspect/flags.h"

#include <algorithm>
#include <cstdint>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/input_position.h"
#include "processor/stop.h"

ABSL_FLAG(std::string, config, "",
          "The processor's configuration file, for topics, brokers and their "
          "properties. Or give --bootstrap_servers and --results_topic.");
ABSL_FLAG(std::string, config_override, "",
          "Configuration in text format, merged over the file's.");
ABSL_FLAG(std::string, bootstrap_servers, "",
          "host:port of one or more brokers (TLS, SASL: by --config); replaces "
          "the file's.");
ABSL_FLAG(std::string, results_topic, "", "The topic; replaces the file's.");
ABSL_FLAG(std::string, output, "text",
          "text, or json: one object a line; later versions add members, and "
          "rename or remove none. Of plot: the picture's file. Of export: json "
          "stands for --format=jsonl.");
ABSL_FLAG(absl::Duration, patience, absl::Seconds(5),
          "How long to wait for brokers, and for open transactions, without "
          "any progress.");

ABSL_FLAG(absl::optional<uint32_t>, partition, absl::nullopt,
          "This partition alone. Default: all.");
ABSL_FLAG(uint32_t, limit, 0,
          "So many at most; 0: no limit, or the command's own.");
ABSL_FLAG(std::string, prefix, "", "Keys that begin so; escapes as \\xff.");
ABSL_FLAG(std::string, match, "",
          "Keys that this pattern describes: * stands for any bytes, ? for "
          "one.");
ABSL_FLAG(uint64_t, max_records, exactmean::kMaxRecords,
          "Input records to read at most, about, for a key; 0: as many as it "
          "takes.");
ABSL_FLAG(absl::optional<uint64_t>, at_offset, absl::nullopt,
          "The state before this input offset of the partition.");
ABSL_FLAG(std::string, at_time, "",
          "The state before the first input record with this timestamp or a "
          "later one: 2026-11-21T09:30:00Z, or 2026-11-21, midnight UTC. It "
          "is the record's own timestamp, whatever input.event_time says.");
ABSL_FLAG(absl::optional<uint64_t>, to_offset, absl::nullopt,
          "The state before this input offset of the partition.");
ABSL_FLAG(std::string, to_time, "",
          "The state before the first input record with this timestamp or a "
          "later one: 2026-11-21T09:30:00Z, or 2026-11-21, midnight UTC. It "
          "is the record's own timestamp, whatever input.event_time says.");
ABSL_FLAG(
    uint32_t, at_once, 8,
    "At most so many partitions at a time; each is held in memory, by diff "
    "twice: about 1 GB a million keys; less with --at_once=1 or --partition. "
    "verify holds about half of that, and takes large ones one by one.");

namespace exactmean {

const std::vector<std::string>& CommonFlags() {
  static const auto* const kFlags = new std::vector<std::string>{
      "config",        "config_override", "bootstrap_servers",
      "results_topic", "output",          "patience"};
  return *kFlags;
}

absl::optional<Offset> OffsetOfFlag(const absl::optional<uint64_t>& value) {
  if (!value.has_value()) return absl::nullopt;
  // No log is longer.
  return Offset(static_cast<int64_t>(std::min<uint64_t>(*value, INT64_MAX)));
}

absl::StatusOr<absl::Time> TimeOfFlag(absl::string_view flag,
                                      const std::string& text) {
  const auto time = ParsePointInTime(text);
  if (time.ok()) return time;
  return Stop(StopReason::kConfig, absl::StrCat("--", flag, "=", text, ": ",
                                                time.status().message()));
}

}  // namespace exactmean

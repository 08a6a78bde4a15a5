// check-results: reads a results topic to its end, as a reader of committed
// records does, and holds each key's last result to the oracle.

#include <cstring>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/command_line.h"
#include "processor/kafka/topic_reader.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/benchmark/oracle.h"
#include "tests/benchmark/workload.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(std::string, topic, "", "The results topic.");
ABSL_FLAG(std::string, format, "exactmean",
          "exactmean; or binary: count u64 and average f64, little-endian, "
          "first in the value.");
ABSL_FLAG(int64_t, records, 5'000'000, "Of the workload.");
ABSL_FLAG(int64_t, keys, 100'000, "Of the workload.");
ABSL_FLAG(bool, cover, false, "The workload begins with each key once.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "check-results [flags]: is a results topic right?";
constexpr absl::Duration kSilence = absl::Seconds(60);

struct Found {
  std::vector<absl::optional<KeyResult>> results;
  int64_t outputs = 0;
  int64_t bytes = 0;
  bool binary = false;
};

absl::StatusOr<KeyResult> Decode(const Found& found, absl::string_view value) {
  KeyResult result;
  if (found.binary) {
    if (value.size() < 16) return absl::DataLossError("too short");
    std::memcpy(&result.records, value.data(), 8);
    std::memcpy(&result.average, value.data() + 8, 8);
    return result;
  }
  results::Snapshot snapshot;
  const absl::Status status = DecodeSnapshot(value, &snapshot);
  if (!status.ok()) return status;
  if (snapshot.averages_size() != 1) {
    return absl::DataLossError("not one average");
  }
  result.records = snapshot.records();
  result.average = snapshot.averages(0).average();
  return result;
}

absl::Status Take(const LogRecord& record, Found& found) {
  const absl::string_view key = record.key.value_or("");
  const absl::string_view value = record.value.value_or("");
  ++found.outputs;
  found.bytes += static_cast<int64_t>(key.size() + value.size());
  if (!found.binary && IsReservedKey(key)) return absl::OkStatus();
  const int64_t number = SensorNumber(key);
  const absl::StatusOr<KeyResult> result = Decode(found, value);
  if (number < 0 || static_cast<size_t>(number) >= found.results.size() ||
      !result.ok()) {
    return absl::DataLossError(absl::StrCat(
        "partition ", record.partition.value(), " offset ",
        record.offset.value(), ": key '", key,
        "': ", result.ok() ? "no such key" : result.status().message()));
  }
  found.results[static_cast<size_t>(number)] = *result;
  return absl::OkStatus();
}

absl::Status ReadToEnd(TopicReader& reader, Found& found) {
  const absl::StatusOr<int32_t> partitions = reader.PartitionCount();
  if (!partitions.ok()) return partitions.status();
  std::map<Partition, Offset> ends;
  for (int32_t p = 0; p < *partitions; ++p) {
    const absl::StatusOr<Offset> end = reader.EndOffset(Partition(p));
    if (!end.ok()) return end.status();
    ends.emplace(p, *end);
    const absl::Status status = reader.Open(Partition(p));
    if (!status.ok()) return status;
  }
  const auto whole = [&] {
    return absl::c_all_of(ends, [&](const auto& end) {
      return reader.Position(end.first) >= end.second;
    });
  };
  absl::Time deadline = absl::Now() + kSilence;
  while (!whole()) {
    const auto records = reader.Read(absl::Milliseconds(200));
    if (!records.ok()) return records.status();
    for (const LogRecord& record : *records) {
      const absl::Status status = Take(record, found);
      if (!status.ok()) return status;
    }
    if (!records->empty()) deadline = absl::Now() + kSilence;
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          "nothing new for a minute, but the end is not reached: is a "
          "transaction still open?");
    }
  }
  return absl::OkStatus();
}

absl::Status Run(Found& found) {
  KafkaOptions options;
  options.bootstrap_servers = absl::GetFlag(FLAGS_bootstrap_servers);
  // Never joined; the library wants a name.
  options.application_id = "check-results";
  const auto reader =
      KafkaTopicReader::Create(options, absl::GetFlag(FLAGS_topic));
  if (!reader.ok()) return reader.status();
  return ReadToEnd(**reader, found);
}

int Main() {
  WorkloadOptions workload;
  workload.keys = absl::GetFlag(FLAGS_keys);
  workload.cover = absl::GetFlag(FLAGS_cover);
  Found found;
  found.binary = absl::GetFlag(FLAGS_format) == "binary";
  if (!found.binary && absl::GetFlag(FLAGS_format) != "exactmean") {
    std::cerr << "check-results: --format: exactmean or binary\n";
    return 2;
  }
  found.results.resize(static_cast<size_t>(workload.keys));
  const absl::Status status = Run(found);
  if (!status.ok()) {
    std::cerr << "check-results: " << absl::GetFlag(FLAGS_topic) << ": "
              << status.message() << "\n";
    return 1;
  }
  const Verdict verdict =
      Oracle(workload, absl::GetFlag(FLAGS_records)).Judge(found.results);
  std::cout << "CHECK " << verdict.ToString()
            << "\nRESULT outputs=" << found.outputs << " bytes=" << found.bytes
            << "\n";
  return verdict.ok() ? 0 : 1;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  return exactmean::Main();
}

// check-results: reads a results topic to its end, as a reader of committed
// records does, and holds each key's last result to the oracle.

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
#include "tests/benchmark/oracle.h"
#include "tests/benchmark/peer_result.h"
#include "tests/benchmark/workload.h"
#include "tests/benchmark/workload_flags.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(std::string, topic, "", "The results topic.");
ABSL_FLAG(std::string, format, "exactmean", "exactmean or binary.");
ABSL_FLAG(int64_t, window, 10,
          "How many of a key's last values its average is of; 0: any average "
          "will do.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "check-results [flags]: is a results topic right?";
constexpr absl::Duration kSilence = absl::Seconds(60);

struct Found {
  PeerFormat format = PeerFormat::kExactmean;
  std::vector<absl::optional<KeyResult>> results;
  int64_t outputs = 0;
  int64_t bytes = 0;
};

absl::Status Take(const LogRecord& record, Found& found) {
  ++found.outputs;
  found.bytes += static_cast<int64_t>(record.key.value_or("").size() +
                                      record.value.value_or("").size());
  const auto decoded = DecodePeerResult(found.format, record);
  if (!decoded.ok()) return decoded.status();
  if (!decoded->has_value()) return absl::OkStatus();
  const auto key = static_cast<size_t>((*decoded)->key);
  if (key >= found.results.size()) {
    return absl::DataLossError(absl::StrCat("no such key: ", key));
  }
  found.results[key] = (*decoded)->result;
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
  const absl::StatusOr<WorkloadOptions> workload = WorkloadFromFlags();
  if (!workload.ok()) {
    std::cerr << "check-results: " << workload.status().message() << "\n";
    return 2;
  }
  const auto format = PeerFormatOf(absl::GetFlag(FLAGS_format));
  if (!format.has_value()) {
    std::cerr << "check-results: --format: exactmean or binary\n";
    return 2;
  }
  Found found;
  found.format = *format;
  found.results.resize(static_cast<size_t>(workload->keys));
  const absl::Status status = Run(found);
  if (!status.ok()) {
    std::cerr << "check-results: " << absl::GetFlag(FLAGS_topic) << ": "
              << status.message() << "\n";
    return 1;
  }
  const Verdict verdict = Oracle(*workload, absl::GetFlag(FLAGS_records),
                                 absl::GetFlag(FLAGS_window))
                              .Judge(found.results);
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

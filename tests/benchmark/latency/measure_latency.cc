// measure-latency: from when a record is meant to be written to the input until
// a reader of committed results sees it, with a processor at work in between.

#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/command_line.h"
#include "processor/kafka/topic_reader.h"
#include "tests/benchmark/latency/paced_producer.h"
#include "tests/benchmark/latency/visibility.h"
#include "tests/benchmark/peer_result.h"
#include "tests/benchmark/workload_flags.h"

ABSL_FLAG(std::string, bootstrap_servers, "", "host:port of a broker.");
ABSL_FLAG(std::string, input, "", "The topic that is written; empty so far.");
ABSL_FLAG(std::string, results, "",
          "The topic that is read; it may be made a little later.");
ABSL_FLAG(
    std::string, format, "exactmean",
    "exactmean or binary; or echo: the input itself is read, to know what "
    "the measurement adds.");
ABSL_FLAG(int64_t, per_second, 1000, "Records.");
ABSL_FLAG(absl::Duration, warm_up, absl::Seconds(5),
          "Records that are due before do not count.");
ABSL_FLAG(absl::Duration, linger, absl::ZeroDuration(),
          "The writing client's linger.ms.");

namespace exactmean {
namespace {

constexpr char kUsage[] = "measure-latency [flags]";
// For a processor to start, and for records to come through.
constexpr absl::Duration kPatience = absl::Seconds(60);

// One run. The main thread reads results while another one sends.
class Meter {
 public:
  static absl::StatusOr<std::unique_ptr<Meter>> Create();

  absl::Status Run();
  void Print() const;

 private:
  Meter(std::unique_ptr<PacedProducer> producer,
        std::unique_ptr<KafkaTopicReader> reader,
        absl::optional<PeerFormat> format, int64_t keys)
      : producer_(std::move(producer)),
        reader_(std::move(reader)),
        format_(format),
        echoed_(static_cast<size_t>(keys)),
        visibility_(producer_->keys(), keys) {}

  absl::Status OpenResults();
  // A topic that was made just now has no leaders yet.
  absl::Status AwaitResultsTopic();
  absl::StatusOr<absl::optional<PeerResult>> Decode(const LogRecord& record);
  // Reads until at most `hidden` records are hidden.
  absl::Status ReadUntil(size_t hidden, absl::Duration deadline);

  const std::unique_ptr<PacedProducer> producer_;
  const std::unique_ptr<KafkaTopicReader> reader_;
  const absl::optional<PeerFormat> format_;  // nullopt: echo
  std::vector<uint64_t> echoed_;             // records by key
  Visibility visibility_;
  absl::Duration start_ = SteadyNow();
  std::atomic<bool> sending_failed_{false};
};

absl::StatusOr<std::unique_ptr<Meter>> Meter::Create() {
  const auto workload = WorkloadFromFlags();
  if (!workload.ok()) return workload.status();
  PacedOptions paced;
  paced.servers = absl::GetFlag(FLAGS_bootstrap_servers);
  paced.topic = absl::GetFlag(FLAGS_input);
  paced.workload = *workload;
  paced.records = absl::GetFlag(FLAGS_records);
  paced.per_second = absl::GetFlag(FLAGS_per_second);
  paced.linger = absl::GetFlag(FLAGS_linger);
  const std::string format_name = absl::GetFlag(FLAGS_format);
  const auto format = PeerFormatOf(format_name);
  if (paced.records < 1 || paced.per_second < 1 ||
      (!format.has_value() && format_name != "echo")) {
    return absl::InvalidArgumentError(
        "--records and --per_second: 1 or more; --format: exactmean, binary or "
        "echo");
  }
  auto producer = PacedProducer::Create(paced);
  if (!producer.ok()) return producer.status();
  KafkaOptions options;
  options.bootstrap_servers = paced.servers;
  // Never joined; the library wants a name.
  options.application_id = "measure-latency";
  auto reader = KafkaTopicReader::Create(options, absl::GetFlag(FLAGS_results));
  if (!reader.ok()) return reader.status();
  return std::unique_ptr<Meter>(new Meter(
      *std::move(producer), *std::move(reader), format, paced.workload.keys));
}

absl::Status Meter::OpenResults() {
  const auto partitions = reader_->PartitionCount();
  if (!partitions.ok()) return partitions.status();
  for (int32_t p = 0; p < *partitions; ++p) {
    const absl::Status status = reader_->Open(Partition(p));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Meter::AwaitResultsTopic() {
  const absl::Duration deadline = SteadyNow() + kPatience;
  while (true) {
    const absl::Status status = OpenResults();
    if (status.ok() || SteadyNow() > deadline) return status;
    absl::SleepFor(absl::Milliseconds(100));
  }
}

absl::StatusOr<absl::optional<PeerResult>> Meter::Decode(
    const LogRecord& record) {
  if (format_.has_value()) return DecodePeerResult(*format_, record);
  const int64_t key = SensorNumber(record.key.value_or(""));
  if (key < 0 || static_cast<size_t>(key) >= echoed_.size()) {
    return absl::DataLossError("a record that was not sent");
  }
  return absl::make_optional(
      PeerResult{key, {++echoed_[static_cast<size_t>(key)], 0}});
}

absl::Status Meter::ReadUntil(size_t hidden, absl::Duration deadline) {
  while (visibility_.hidden() > hidden) {
    const auto records = reader_->Read(absl::Milliseconds(100));
    if (!records.ok()) return records.status();
    const absl::Duration now = SteadyNow();
    for (const LogRecord& record : *records) {
      const auto result = Decode(record);
      if (!result.ok()) return result.status();
      if (!result->has_value()) continue;
      const absl::Status status = visibility_.See(
          (*result)->key, (*result)->result.records, now - start_);
      if (!status.ok()) return status;
    }
    if (sending_failed_) return absl::AbortedError("sending failed");
    if (now > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(visibility_.hidden() - hidden,
                       " records have not become visible in time"));
    }
  }
  return absl::OkStatus();
}

absl::Status Meter::Run() {
  absl::Status status = AwaitResultsTopic();
  if (!status.ok()) return status;
  // When it has come through, everybody is there and ready.
  status = producer_->SendFirst();
  if (!status.ok()) return status;
  const size_t others = producer_->keys().size() - 1;
  status = ReadUntil(others, SteadyNow() + kPatience);
  if (!status.ok()) return status;
  start_ = SteadyNow();
  absl::Status sent;
  std::thread sender([this, &sent] {
    sent = producer_->SendOthers(start_);
    sending_failed_ = !sent.ok();
  });
  status = ReadUntil(0, start_ + producer_->DueAt(others) + kPatience);
  sender.join();
  status = sent.ok() ? status : sent;
  for (size_t i = 1; status.ok() && i <= others; ++i) {
    if (visibility_.VisibleAt(i) >= producer_->SentAt(i)) continue;
    status = absl::InternalError(
        absl::StrCat("record ", i, " was visible before it was sent"));
  }
  return status;
}

void Meter::Print() const {
  const absl::Duration warm_up = absl::GetFlag(FLAGS_warm_up);
  std::vector<absl::Duration> samples;
  absl::Duration late;  // the most that a record was sent too late
  for (size_t i = 1; i < producer_->keys().size(); ++i) {
    const absl::Duration due = producer_->DueAt(i);
    if (due < warm_up) continue;
    samples.push_back(visibility_.VisibleAt(i) - due);
    late = std::max(late, producer_->SentAt(i) - due);
  }
  const LatencySummary summary = Summarize(std::move(samples));
  std::cout << "RESULT samples=" << summary.samples
            << " p50_us=" << absl::ToInt64Microseconds(summary.p50)
            << " p99_us=" << absl::ToInt64Microseconds(summary.p99)
            << " p999_us=" << absl::ToInt64Microseconds(summary.p999)
            << " max_us=" << absl::ToInt64Microseconds(summary.max)
            << " late_us=" << absl::ToInt64Microseconds(late) << "\n";
}

int Main() {
  const auto meter = Meter::Create();
  const absl::Status status = meter.ok() ? (*meter)->Run() : meter.status();
  if (!status.ok()) {
    std::cerr << "measure-latency: " << status.message() << "\n";
    return 1;
  }
  (*meter)->Print();
  return 0;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  exactmean::ParseFlags(argc, argv, exactmean::kUsage, __FILE__);
  return exactmean::Main();
}

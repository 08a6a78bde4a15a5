// The pace, and the client's settings.

#include "tests/benchmark/latency/paced_producer.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace exactmean {

absl::Duration SteadyNow() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

absl::StatusOr<std::unique_ptr<PacedProducer>> PacedProducer::Create(
    const PacedOptions& options) {
  auto client = TestClient::Create(
      options.servers,
      {{"linger.ms", absl::StrCat(absl::ToInt64Milliseconds(options.linger))},
       {"compression.codec", "none"}});
  if (!client.ok()) return client.status();
  const auto partitions = (*client)->admin().PartitionCount(options.topic);
  if (!partitions.ok()) return partitions.status();
  return std::unique_ptr<PacedProducer>(
      new PacedProducer(options, *std::move(client), *partitions));
}

PacedProducer::PacedProducer(PacedOptions options,
                             std::unique_ptr<TestClient> client,
                             int32_t partitions)
    : options_(std::move(options)),
      client_(std::move(client)),
      partitions_(partitions),
      values_(options_.workload) {
  WorkloadGenerator generator(options_.workload);
  const auto records = static_cast<size_t>(options_.records);
  for (size_t i = 0; i < records; ++i) {
    events_.push_back(generator.Next());
    keys_.push_back(static_cast<int32_t>(events_.back().key));
  }
  sent_.resize(records);
}

TestRecord PacedProducer::Record(size_t number) {
  const SensorEvent& event = events_[number];
  TestRecord record;
  record.partition = static_cast<int32_t>(event.key % partitions_);
  record.key = SensorKey(event.key);
  record.value.emplace();
  values_.Append(event, &*record.value);
  return record;
}

absl::Status PacedProducer::SendFirst() {
  return client_->ProduceRecords(options_.topic, {Record(0)});
}

absl::Status PacedProducer::SendOthers(absl::Duration start) {
  return client_->ProduceMany(
      options_.topic, options_.records - 1, [&](int64_t i) {
        const size_t number = static_cast<size_t>(i) + 1;
        const absl::Duration due = start + DueAt(number);
        TestRecord record = Record(number);
        absl::Duration now = SteadyNow();
        while (now < due) {
          absl::SleepFor(due - now);
          now = SteadyNow();
        }
        sent_[number] = now - start;
        return record;
      });
}

}  // namespace exactmean

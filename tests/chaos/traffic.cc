// One batch after the other.

#include "tests/chaos/traffic.h"

#include <utility>

#include "absl/time/clock.h"
#include "tests/broker/instance.h"

namespace exactmean {
namespace {

constexpr int kBatch = 20;
// A transaction that a broken connection left open hides what comes after it
// from everybody for so long.
constexpr absl::Duration kTransactionTimeout = absl::Seconds(5);

}  // namespace

Traffic::Traffic(TrafficOptions options)
    : options_(std::move(options)), random_(options_.seed) {
  thread_ = std::thread(&Traffic::Loop, this);
}

void Traffic::Stop() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

TrafficTally Traffic::Tally() const {
  return {records_, committed_, aborted_, failed_};
}

void TrafficTally::Add(const TrafficTally& other) {
  records += other.records;
  committed += other.committed;
  aborted += other.aborted;
  failed += other.failed;
}

void Traffic::Loop() {
  const absl::Duration pause =
      absl::Seconds(1) * kBatch / options_.records_per_second;
  absl::Time next = absl::Now();
  while (!ending_) {
    std::vector<Record> records;
    for (int i = 0; i < kBatch; ++i) {
      records.push_back(RandomRecord(&random_, options_.partitions));
    }
    const absl::Status status = Write(records);
    if (status.ok()) {
      records_ += kBatch;
    } else {
      ++failed_;
    }
    // Does not make up for what was missed.
    next = std::max(next + pause, absl::Now());
    absl::SleepFor(next - absl::Now());
  }
}

absl::Status Traffic::Write(const std::vector<Record>& records) {
  if (writer_ == nullptr) {
    auto writer = Writer::Create(options_.servers,
                                 options_.transactional ? "chaos-traffic" : "",
                                 kTransactionTimeout);
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
  }
  absl::Status status = options_.transactional
                            ? WriteTransaction(records)
                            : writer_->Write(options_.topic, records);
  // A producer that has met a fatal error stays useless.
  if (!status.ok()) writer_.reset();
  return status;
}

absl::Status Traffic::WriteTransaction(const std::vector<Record>& records) {
  const bool abort = random_() % 4 == 0;
  absl::Status status = writer_->Begin();
  if (status.ok()) status = writer_->Write(options_.topic, records);
  if (status.ok()) status = abort ? writer_->Abort() : writer_->Commit();
  if (!status.ok()) return status;
  ++(abort ? aborted_ : committed_);
  return status;
}

}  // namespace exactmean

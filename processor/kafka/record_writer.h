// Handing records over to a producer: what writers with and without
// transactions have in common.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_RECORD_WRITER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_RECORD_WRITER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "processor/kafka/batch_forecast.h"
#include "processor/kafka/options.h"
#include "processor/kafka/producer.h"
#include "processor/log.h"

namespace exactmean {

// Owns the producer, and replaces it. Confined to one thread.
class RecordWriter : public Transaction {
 public:
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override;
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override;
  bool Delivered() override;
  absl::string_view id() const override { return options_.transactional_id; }

 protected:
  explicit RecordWriter(const KafkaOptions& options) : options_(options) {}

  // Whether Write may be called now.
  virtual absl::Status CheckBegun(absl::string_view call) const = 0;
  // A record was handed over.
  virtual void OnWritten() = 0;
  // For messages: who does what.
  virtual std::string What(absl::string_view call) const = 0;

  // As Transaction::Open.
  absl::Status OpenProducer(absl::Duration timeout);
  // Is one under way that is not done yet?
  bool opening() const { return opening_ != nullptr; }
  void BeginForecast();
  // kUnavailable: not all is answered for yet.
  absl::Status Flush(absl::Duration timeout);

  const KafkaOptions& options() const { return options_; }
  // Null before it is open.
  Producer* producer() const { return producer_.get(); }

 private:
  absl::StatusOr<const Producer::Target*> TargetOf(Destination destination,
                                                   Partition partition) const;
  // Calls `produce` until it has room; its error otherwise.
  absl::Status Produce(Destination destination, const Producer::Target& target,
                       Partition partition, size_t bytes,
                       absl::FunctionRef<rd_kafka_resp_err_t()> produce);
  absl::Status WriteError(rd_kafka_resp_err_t error,
                          const Producer::Target& target, Partition partition,
                          size_t bytes) const;

  const KafkaOptions options_;
  std::unique_ptr<Producer> producer_;
  std::unique_ptr<Producer> opening_;
  BatchForecast forecast_;
  absl::Time idle_since_ = absl::InfiniteFuture();  // while being delivered
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_RECORD_WRITER_H_

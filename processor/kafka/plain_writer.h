// Transaction without transactions, on librdkafka.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_PLAIN_WRITER_H_
#define EXACTMEAN_PROCESSOR_KAFKA_PLAIN_WRITER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "processor/kafka/options.h"
#include "processor/kafka/record_writer.h"
#include "processor/log.h"

namespace exactmean {

// See Transaction for the contract. The producer is idempotent: what it repeats
// by itself is in the log once, and in order. That holds for one producer; so
// after the first record that fails nothing more is written before Open.
class KafkaPlainWriter : public RecordWriter {
 public:
  // kInvalidArgument: the configuration is refused. Does not wait for a broker.
  // REQUIRES: !options.transactional.
  static absl::StatusOr<std::unique_ptr<KafkaPlainWriter>> Create(
      const KafkaOptions& options);

  absl::Status Open(absl::Duration timeout) override;
  absl::Status Begin() override;
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override;
  absl::Status Commit() override;
  absl::Status Abort() override;

 private:
  explicit KafkaPlainWriter(const KafkaOptions& options)
      : RecordWriter(options) {}

  absl::Status CheckBegun(absl::string_view call) const override;
  void OnWritten() override { written_ = true; }
  std::string What(absl::string_view call) const override;
  // What an error comes to; after it the producer is beyond use.
  absl::Status Broken(const absl::Status& error);

  bool begun_ = false;
  bool written_ = false;  // since Begin
  bool broken_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_PLAIN_WRITER_H_

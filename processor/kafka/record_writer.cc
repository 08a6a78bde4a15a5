// RecordWriter.

#include "processor/kafka/record_writer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/clock.h"
#include "processor/kafka/record_headers.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

absl::string_view NameOf(Destination destination) {
  switch (destination) {
    case Destination::kResults:
      return "results topic";
    case Destination::kUpdates:
      return "updates topic";
    case Destination::kDeadLetters:
      return "dead-letter topic";
    case Destination::kFirstRetryTopic:
      break;
  }
  return "such retry topic";
}

// Room in a full queue comes with what is delivered: 5 s.
constexpr int kQueueWait = 10;  // ms
constexpr int kQueueWaits = 500;
// A flush looks whether it is done at its end and every 10 ms.
constexpr int kFlushSlice = 2;  // ms
// After so long without one under way no full batch is to be expected.
constexpr absl::Duration kIdle = absl::Milliseconds(50);

const char* BytesOrEmpty(absl::string_view bytes) {
  return bytes.data() == nullptr ? "" : bytes.data();  // null is no value
}

// The parts of a record, as librdkafka's rd_kafka_produceva takes them.
rd_kafka_vu_t Topic(rd_kafka_topic_t* topic) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_RKT;
  part.u.rkt = topic;
  return part;
}

rd_kafka_vu_t PartitionPart(Partition partition) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_PARTITION;
  part.u.i32 = partition.value();
  return part;
}

rd_kafka_vu_t CopyFlag() {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  part.u.i = RD_KAFKA_MSG_F_COPY;
  return part;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t which,
                    const absl::optional<std::string>& bytes) {
  rd_kafka_vu_t part{};
  part.vtype = which;
  part.u.mem.ptr =
      bytes.has_value() ? const_cast<char*>(bytes->data()) : nullptr;
  part.u.mem.size = bytes.has_value() ? bytes->size() : 0;
  return part;
}

rd_kafka_vu_t Timestamp(int64_t milliseconds) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  part.u.i64 = milliseconds;
  return part;
}

rd_kafka_vu_t HeadersPart(rd_kafka_headers_t* headers) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_HEADERS;
  part.u.headers = headers;
  return part;
}

}  // namespace

absl::Status RecordWriter::OpenProducer(absl::Duration timeout) {
  if (opening_ == nullptr) {
    producer_.reset();  // two of one id would fence each other
    auto producer = Producer::Create(options_);
    if (!producer.ok()) return producer.status();
    opening_ = *std::move(producer);
  }
  const absl::Status status = opening_->Init(timeout);
  if (absl::IsUnavailable(status)) return status;
  if (status.ok()) producer_ = std::move(opening_);
  opening_.reset();
  return status;
}

void RecordWriter::BeginForecast() {
  forecast_ = BatchForecast(producer_->batch_bytes());
  idle_since_ = absl::InfiniteFuture();
}

// What is left of each partition when all full batches are answered for, a
// flush sends: it need not wait for the answers to that.
bool RecordWriter::Delivered() {
  if (producer_ == nullptr) return true;
  rd_kafka_poll(producer_->client(), 0);
  const ProducerEvents& events = producer_->events();
  if (rd_kafka_outq_len(producer_->client()) == 0) return true;
  if (events.under_way() > 0) {
    idle_since_ = absl::InfiniteFuture();
    return false;
  }
  const absl::Time now = MonotonicClock().Now();
  idle_since_ = std::min(idle_since_, now);
  if (events.produce_requests() < forecast_.FullBatches() &&
      now - idle_since_ < kIdle) {
    return false;
  }
  return rd_kafka_flush(producer_->client(), kFlushSlice) ==
         RD_KAFKA_RESP_ERR_NO_ERROR;
}

absl::Status RecordWriter::Flush(absl::Duration timeout) {
  MonotonicClock clock;
  const absl::Time deadline = clock.Now() + timeout;
  while (!Delivered()) {
    if (clock.Now() >= deadline) {
      return ToStatus(RD_KAFKA_RESP_ERR__TIMED_OUT,
                      What("waiting for what was written"));
    }
    rd_kafka_poll(producer_->client(), 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<const Producer::Target*> RecordWriter::TargetOf(
    Destination destination, Partition partition) const {
  const absl::Status status = CheckBegun("write");
  if (!status.ok()) return status;
  const Producer::Target& target = producer_->target(destination);
  if (target.handle == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(What("write"), ": there is no ", NameOf(destination)));
  }
  if (partition.value() >= target.partitions) {
    return absl::NotFoundError(
        absl::StrCat(PartitionName(target.topic, partition.value()),
                     " does not exist: the topic had ", target.partitions,
                     " partitions when the producer was opened"));
  }
  return &target;
}

absl::Status RecordWriter::Produce(
    Destination destination, const Producer::Target& target,
    Partition partition, size_t bytes,
    absl::FunctionRef<rd_kafka_resp_err_t()> produce) {
  for (int waits = 0;; ++waits) {
    const rd_kafka_resp_err_t error = produce();
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || waits == kQueueWaits) {
      return WriteError(error, target, partition, bytes);
    }
    rd_kafka_poll(producer_->client(), kQueueWait);
  }
  OnWritten();
  forecast_.Add(destination, partition, bytes);
  return absl::OkStatus();
}

absl::Status RecordWriter::Write(Destination destination, Partition partition,
                                 absl::string_view key,
                                 absl::optional<absl::string_view> value) {
  const auto target = TargetOf(destination, partition);
  if (!target.ok()) return target.status();
  const absl::string_view bytes = value.value_or("");
  const auto produce = [&] {
    const int failed = rd_kafka_produce(
        (*target)->handle.get(), partition.value(), RD_KAFKA_MSG_F_COPY,
        value.has_value() ? const_cast<char*>(BytesOrEmpty(bytes)) : nullptr,
        bytes.size(), BytesOrEmpty(key), key.size(), nullptr);
    return failed == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  };
  return Produce(destination, **target, partition, key.size() + bytes.size(),
                 produce);
}

absl::Status RecordWriter::WriteRecord(Destination destination,
                                       Partition partition,
                                       const OwnedRecord& record) {
  const auto target = TargetOf(destination, partition);
  if (!target.ok()) return target.status();
  const auto produce = [&] {
    HeadersHandle headers = ToHandle(record.headers);
    rd_kafka_vu_t parts[] = {Topic((*target)->handle.get()),
                             PartitionPart(partition),
                             CopyFlag(),
                             Bytes(RD_KAFKA_VTYPE_KEY, record.key),
                             Bytes(RD_KAFKA_VTYPE_VALUE, record.value),
                             Timestamp(record.timestamp_ms),
                             HeadersPart(headers.get())};
    const ErrorHandle failed(
        rd_kafka_produceva(producer_->client(), parts, std::size(parts)));
    if (failed != nullptr) return rd_kafka_error_code(failed.get());
    // They are the message's from now on.
    headers.release();
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  };
  return Produce(destination, **target, partition, record.bytes(), produce);
}

absl::Status RecordWriter::WriteError(rd_kafka_resp_err_t error,
                                      const Producer::Target& target,
                                      Partition partition, size_t bytes) const {
  const std::string what = What(absl::StrCat(
      "write to ", PartitionName(target.topic, partition.value())));
  const absl::Status fatal = FatalStatus(producer_->client(), what);
  if (!fatal.ok()) return fatal;
  if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ": a record of ", bytes,
        " bytes is larger than the property message.max.bytes allows (",
        producer_->max_bytes(), ")"));
  }
  // The transaction has failed meanwhile.
  if (error == RD_KAFKA_RESP_ERR__STATE) {
    return absl::AbortedError(ToStatus(error, what).message());
  }
  return ToStatus(error, what);
}

}  // namespace exactmean

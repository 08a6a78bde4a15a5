// Consume alone, and the restore.

#include "tests/benchmark/bare_loop/reading.h"

#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"

namespace exactmean {

void ConsumeOnly(const LoopOptions& options) {
  rd_kafka_t* const consumer = MakeConsumer(options, false);
  const int partitions = PartitionCount(consumer, options.input);
  const int64_t total = CountOffsets(consumer, options.input, partitions);
  AssignAll(consumer, options.input, partitions);
  int64_t got = 0, first = 0;
  {
    Batches batches(consumer);
    while (got < total) {
      const size_t n = batches.Next(50);
      if (n > 0 && first == 0) first = EpochMs();
      for (size_t i = 0; i < n; ++i) {
        rd_kafka_message_t* const message = batches.message(i);
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
          Die(rd_kafka_message_errstr(message));
        }
        rd_kafka_message_destroy(message);
      }
      got += static_cast<int64_t>(n);
    }
  }
  std::printf("RESULT records=%lld first_ms=%lld done_ms=%lld\n",
              static_cast<long long>(got), static_cast<long long>(first),
              static_cast<long long>(EpochMs()));
  std::fflush(stdout);
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
}

int64_t Restore(const LoopOptions& options, KeyTable* table) {
  rd_kafka_t* const consumer = MakeConsumer(options, true);
  const int partitions = PartitionCount(consumer, options.output);
  AssignAll(consumer, options.output, partitions);
  std::vector<bool> at_end(static_cast<size_t>(partitions));
  int left = partitions;
  int64_t got = 0;
  {
    Batches batches(consumer);
    while (left > 0) {
      const size_t n = batches.Next(50);
      for (size_t i = 0; i < n; ++i) {
        rd_kafka_message_t* const message = batches.message(i);
        const auto p = static_cast<size_t>(message->partition);
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
          if (!at_end[p]) --left;
          at_end[p] = true;
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
          Die(rd_kafka_message_errstr(message));
        } else {
          KeyTable::Entry* const entry = table->Get(
              {static_cast<const char*>(message->key), message->key_len});
          if (!entry->window.Decode(
                  {static_cast<const char*>(message->payload), message->len})) {
            Die(absl::StrCat("no snapshot at offset ", message->offset));
          }
          entry->partition = message->partition;
          ++got;
        }
        rd_kafka_message_destroy(message);
      }
    }
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  return got;
}

}  // namespace exactmean

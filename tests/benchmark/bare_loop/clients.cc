// The clients' settings: those that measured best with librdkafka 2.8.0. The
// default queue with a short back-off is both the fastest and the smallest.

#include "tests/benchmark/bare_loop/clients.h"

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

constexpr int kTimeoutMs = 30'000;
constexpr double kStallMs = 60'000;

using Properties = std::vector<std::pair<const char*, std::string>>;

void OnError(rd_kafka_t* client, int error, const char* reason,
             void* /*opaque*/) {
  std::fprintf(stderr, "bare-loop: %s: %s\n",
               rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(error)),
               reason);
  if (error != RD_KAFKA_RESP_ERR__FATAL) return;
  char text[512];
  const rd_kafka_resp_err_t fatal =
      rd_kafka_fatal_error(client, text, sizeof(text));
  Die(absl::StrCat(rd_kafka_err2name(fatal), ": ", text));
}

rd_kafka_t* Make(rd_kafka_type_t type, const Properties& properties) {
  char error[512];
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof(error)) !=
        RD_KAFKA_CONF_OK) {
      Die(error);
    }
  }
  rd_kafka_conf_set_error_cb(conf, OnError);
  rd_kafka_t* const client = rd_kafka_new(type, conf, error, sizeof(error));
  if (client == nullptr) Die(error);
  return client;
}

}  // namespace

void Die(const std::string& what) {
  std::fprintf(stderr, "bare-loop: %s\n", what.c_str());
  std::exit(1);
}

double NowMs() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) / 1e6;
}

int64_t EpochMs() { return absl::ToUnixMillis(absl::Now()); }

rd_kafka_t* MakeConsumer(const LoopOptions& options, bool to_end) {
  Properties properties = {
      {"bootstrap.servers", options.servers},
      {"group.id", options.name},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "earliest"},
      {"isolation.level", "read_committed"},
      {"enable.partition.eof", to_end ? "true" : "false"},
      {"fetch.message.max.bytes", "1048576"},
      {"fetch.queue.backoff.ms", "2"},
  };
  if (to_end) properties.emplace_back("fetch.wait.max.ms", "10");
  rd_kafka_t* const consumer = Make(RD_KAFKA_CONSUMER, properties);
  rd_kafka_poll_set_consumer(consumer);
  return consumer;
}

rd_kafka_t* MakeProducer(const LoopOptions& options) {
  return Make(RD_KAFKA_PRODUCER, {{"bootstrap.servers", options.servers},
                                  {"transactional.id", options.name},
                                  {"linger.ms", "5"},
                                  {"batch.num.messages", "50000"},
                                  {"batch.size", "1000000"},
                                  {"queue.buffering.max.messages", "2000000"},
                                  {"queue.buffering.max.kbytes", "1000000"}});
}

int PartitionCount(rd_kafka_t* client, const std::string& topic) {
  for (int tries = 0; tries < 50; ++tries) {
    const rd_kafka_metadata_t* metadata = nullptr;
    rd_kafka_topic_t* const handle =
        rd_kafka_topic_new(client, topic.c_str(), nullptr);
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client, 0, handle, &metadata, 5000);
    rd_kafka_topic_destroy(handle);
    int partitions = 0;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (metadata->topic_cnt == 1 &&
          metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        partitions = metadata->topics[0].partition_cnt;
      }
      rd_kafka_metadata_destroy(metadata);
    }
    if (partitions > 0) return partitions;
    absl::SleepFor(absl::Milliseconds(100));
  }
  Die(absl::StrCat("there is no topic ", topic));
}

void AssignAll(rd_kafka_t* consumer, const std::string& topic, int partitions) {
  rd_kafka_topic_partition_list_t* const list =
      rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  const rd_kafka_resp_err_t error = rd_kafka_assign(consumer, list);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Die(absl::StrCat("assign: ", rd_kafka_err2str(error)));
  }
  rd_kafka_topic_partition_list_destroy(list);
}

int64_t CountOffsets(rd_kafka_t* consumer, const std::string& topic,
                     int partitions) {
  int64_t sum = 0;
  for (int i = 0; i < partitions; ++i) {
    int64_t low = 0, high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
        consumer, topic.c_str(), i, &low, &high, kTimeoutMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      Die(absl::StrCat("end of ", topic, ": ", rd_kafka_err2str(error)));
    }
    sum += high - low;
  }
  return sum;
}

Batches::Batches(rd_kafka_t* consumer)
    : queue_(rd_kafka_queue_get_consumer(consumer)),
      messages_(kBatch),
      last_(NowMs()) {}

Batches::~Batches() { rd_kafka_queue_destroy(queue_); }

size_t Batches::Next(int timeout_ms) {
  const ssize_t n = rd_kafka_consume_batch_queue(queue_, timeout_ms,
                                                 messages_.data(), kBatch);
  const double now = NowMs();
  if (n > 0) {
    last_ = now;
  } else if (now - last_ > kStallMs) {
    Die("no message for a minute, but the end is not reached");
  }
  return n > 0 ? static_cast<size_t>(n) : 0;
}

}  // namespace exactmean

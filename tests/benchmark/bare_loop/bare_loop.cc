// The loop. What it does not do is what a processor has to add.

#include "tests/benchmark/bare_loop/bare_loop.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/benchmark/bare_loop/event.h"
#include "tests/benchmark/bare_loop/reading.h"

namespace exactmean {
namespace {

constexpr int kTimeoutMs = 60'000;
constexpr int kMaxWaitMs = 50;

bool IsCoordinatorMoving(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

}  // namespace

BareLoop::BareLoop(const LoopOptions& options)
    : options_(options),
      producer_(MakeProducer(options)),
      output_(rd_kafka_topic_new(producer_, options.output.c_str(), nullptr)) {
  // Ends what an earlier run left open: only then does the output's end stand.
  Check(rd_kafka_init_transactions(producer_, kTimeoutMs), "init transactions");
  if (options.restore) restored_ = Restore(options, &table_);
  consumer_ = MakeConsumer(options, false);
  committer_ =
      std::make_unique<Committer>(consumer_, producer_, options.commit_aside);
}

BareLoop::~BareLoop() {
  committer_.reset();
  rd_kafka_consumer_close(consumer_);
  rd_kafka_destroy(consumer_);
  rd_kafka_topic_destroy(output_);
  rd_kafka_destroy(producer_);
}

int64_t BareLoop::Subscribe() {
  const int partitions = PartitionCount(consumer_, options_.input);
  if (PartitionCount(producer_, options_.output) != partitions) {
    Die("input and output differ in their number of partitions");
  }
  next_.assign(static_cast<size_t>(partitions), -1);
  const int64_t all = options_.records > 0
                          ? options_.records
                          : CountOffsets(consumer_, options_.input, partitions);

  rd_kafka_topic_partition_list_t* const topics =
      rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, options_.input.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t error = rd_kafka_subscribe(consumer_, topics);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Die(absl::StrCat("subscribe: ", rd_kafka_err2str(error)));
  }
  rd_kafka_topic_partition_list_destroy(topics);

  return all - Committed();
}

int64_t BareLoop::Committed() {
  rd_kafka_topic_partition_list_t* const committed =
      rd_kafka_topic_partition_list_new(static_cast<int>(next_.size()));
  for (size_t p = 0; p < next_.size(); ++p) {
    rd_kafka_topic_partition_list_add(committed, options_.input.c_str(),
                                      static_cast<int32_t>(p));
  }
  // A group's first coordinator is not there at once, and the library does not
  // wait for it here.
  const double deadline = NowMs() + kTimeoutMs;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  while ((error = rd_kafka_committed(consumer_, committed, kTimeoutMs)) !=
         RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (!IsCoordinatorMoving(error) || NowMs() > deadline) {
      Die(absl::StrCat("committed offsets: ", rd_kafka_err2str(error)));
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
  int64_t sum = 0;
  for (int i = 0; i < committed->cnt; ++i) {
    sum += std::max<int64_t>(0, committed->elems[i].offset);
  }
  rd_kafka_topic_partition_list_destroy(committed);
  return sum;
}

void BareLoop::Apply(const rd_kafka_message_t& message) {
  double value = 0;
  int64_t time = 0;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Die(rd_kafka_message_errstr(&message));
  }
  if (!ParseEvent({static_cast<const char*>(message.payload), message.len},
                  &value, &time)) {
    Die(absl::StrCat("no event of the benchmark at offset ", message.offset));
  }
  KeyTable::Entry* const entry =
      table_.Get({static_cast<const char*>(message.key), message.key_len});
  entry->window.Add(value, time);
  entry->partition = message.partition;
  next_[static_cast<size_t>(message.partition)] = message.offset + 1;
  if (entry->dirty) return;
  entry->dirty = true;
  dirty_.push_back(entry);
}

void BareLoop::Produce(const KeyTable::Entry& entry) {
  char bytes[Window::kMaxBytes];
  const size_t size = entry.window.Encode(bytes);
  while (rd_kafka_produce(output_, entry.partition, RD_KAFKA_MSG_F_COPY, bytes,
                          size, entry.key, entry.key_size, nullptr) == -1) {
    const rd_kafka_resp_err_t error = rd_kafka_last_error();
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      Die(absl::StrCat("produce: ", rd_kafka_err2str(error)));
    }
    rd_kafka_poll(producer_, 1);
  }
  ++outputs_;
}

void BareLoop::Commit() {
  Check(rd_kafka_begin_transaction(producer_), "begin");
  for (KeyTable::Entry* entry : dirty_) {
    Produce(*entry);
    entry->dirty = false;
  }
  dirty_.clear();
  rd_kafka_topic_partition_list_t* const offsets =
      rd_kafka_topic_partition_list_new(static_cast<int>(next_.size()));
  for (size_t p = 0; p < next_.size(); ++p) {
    if (next_[p] < 0) continue;
    rd_kafka_topic_partition_list_add(offsets, options_.input.c_str(),
                                      static_cast<int32_t>(p))
        ->offset = next_[p];
  }
  committer_->Commit(offsets);
}

void BareLoop::Run() {
  const int64_t total = Subscribe();
  int64_t got = 0, first = 0;
  double due = 0;
  Batches batches(consumer_);
  while (got < total || !dirty_.empty()) {
    size_t n = 0;
    if (got < total) {
      const int left =
          first == 0 ? kMaxWaitMs : static_cast<int>(due - NowMs());
      n = batches.Next(std::min(std::max(left, 1), kMaxWaitMs));
    }
    if (n > 0 && first == 0) {
      first = EpochMs();
      due = NowMs() + options_.commit_ms;
    }
    for (size_t i = 0; i < n; ++i) {
      Apply(*batches.message(i));
      rd_kafka_message_destroy(batches.message(i));
    }
    got += static_cast<int64_t>(n);
    if (dirty_.empty()) continue;
    if (got < total && (NowMs() < due || !committer_->Idle())) continue;
    committer_->Wait();
    Commit();
    due = NowMs() + options_.commit_ms;
  }
  committer_->Wait();
  std::printf(
      "RESULT records=%lld first_ms=%lld done_ms=%lld outputs=%lld "
      "restored=%lld keys=%zu\n",
      static_cast<long long>(got), static_cast<long long>(first),
      static_cast<long long>(EpochMs()), static_cast<long long>(outputs_),
      static_cast<long long>(restored_), table_.size());
  std::fflush(stdout);
}

}  // namespace exactmean

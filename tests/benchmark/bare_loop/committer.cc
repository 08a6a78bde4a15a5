// The end of a transaction.

#include "tests/benchmark/bare_loop/committer.h"

#include "absl/strings/str_cat.h"
#include "tests/benchmark/bare_loop/clients.h"

namespace exactmean {
namespace {

constexpr int kTimeoutMs = 30'000;

}  // namespace

void Check(rd_kafka_error_t* error, const char* what) {
  if (error == nullptr) return;
  Die(absl::StrCat(what, ": ", rd_kafka_error_name(error), ": ",
                   rd_kafka_error_string(error)));
}

Committer::Committer(rd_kafka_t* consumer, rd_kafka_t* producer, bool aside)
    : consumer_(consumer), producer_(producer) {
  if (aside) thread_ = std::thread([this] { Loop(); });
}

Committer::~Committer() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Committer::Finish(rd_kafka_topic_partition_list_t* offsets) {
  rd_kafka_consumer_group_metadata_t* const group =
      rd_kafka_consumer_group_metadata(consumer_);
  Check(rd_kafka_send_offsets_to_transaction(producer_, offsets, group,
                                             kTimeoutMs),
        "send offsets");
  rd_kafka_consumer_group_metadata_destroy(group);
  Check(rd_kafka_commit_transaction(producer_, kTimeoutMs), "commit");
  rd_kafka_topic_partition_list_destroy(offsets);
}

void Committer::Commit(rd_kafka_topic_partition_list_t* offsets) {
  if (!thread_.joinable()) return Finish(offsets);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    job_ = offsets;
  }
  changed_.notify_all();
}

bool Committer::Idle() {
  std::lock_guard<std::mutex> lock(mutex_);
  return job_ == nullptr;
}

void Committer::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return job_ == nullptr; });
}

void Committer::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return job_ != nullptr || ending_; });
    if (job_ == nullptr) return;
    lock.unlock();
    Finish(job_);
    lock.lock();
    job_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace exactmean

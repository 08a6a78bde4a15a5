// Retries.

#include "state/retries.h"

#include "absl/strings/str_format.h"
#include "state/counts.h"

namespace exactmean {

uint64_t Retries::waiting() const {
  uint64_t sum = 0;
  for (const auto& [name, topic] : topics_) sum += topic.waiting;
  return sum;
}

uint64_t Retries::done() const {
  return outcomes_.applied() + outcomes_.late() + outcomes_.filtered() +
         outcomes_.skipped() + outcomes_.dead_lettered();
}

void Retries::ToCheckpoint(results::Checkpoint* to) const {
  for (const auto& [name, topic] : topics_) {
    results::RetryTopic* written = to->add_retry_topics();
    written->set_topic(name);
    written->set_next_offset(topic.next.value());
    written->set_waiting(topic.waiting);
  }
  if (done() > 0) *to->mutable_retry_outcomes() = outcomes_;
}

absl::Status Retries::FromCheckpoint(const results::Checkpoint& from) {
  topics_.clear();
  const uint64_t sent = from.dispositions().retried();
  for (const results::RetryTopic& read : from.retry_topics()) {
    if (read.next_offset() < 0 || read.waiting() > sent) {
      return absl::DataLossError(absl::StrFormat(
          "its checkpoint is at offset %d of a retry topic, where %d of %d "
          "records wait",
          read.next_offset(), read.waiting(), sent));
    }
    topics_[read.topic()] = {Offset(read.next_offset()), read.waiting()};
  }
  outcomes_ = from.retry_outcomes();
  if (sent == done() + waiting()) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "its checkpoint has sent %s to retry topics, and accounts for %d "
      "that came to their end and %d that wait there",
      Plural(sent, "record"), done(), waiting()));
}

}  // namespace exactmean

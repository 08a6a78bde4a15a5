// One simulated transactional producer and the order of calls it allows.

#include "tests/fake_log/fake_transaction.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::Status FakeTransaction::Allowed(SeamCall call) const {
  if (call == SeamCall::kOpenTransaction) return absl::OkStatus();
  if (!broken_.ok()) return broken_;
  if (call == SeamCall::kAbort) return absl::OkStatus();
  return must_abort_;
}

template <typename Effect>
absl::Status FakeTransaction::Run(SeamCall call, Effect effect) {
  const absl::Status status = plan_->Run(call, [&]() -> absl::Status {
    if (Repeated(call)) return absl::OkStatus();
    absl::Status allowed = Allowed(call);
    if (!allowed.ok()) return allowed;
    absl::Status done = effect();
    has_unanswered_ = done.ok();
    unanswered_ = call;
    return done;
  });
  switch (status.code()) {
    case absl::StatusCode::kOk:
      has_unanswered_ = false;
      break;
    case absl::StatusCode::kUnavailable:
      tainted_ |= call == SeamCall::kCommit;
      break;
    case absl::StatusCode::kAborted:
      if (state_ == State::kBegun) must_abort_ = status;
      break;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kFailedPrecondition:
      broken_ = status;
      break;
    default:
      break;
  }
  return status;
}

bool FakeTransaction::Repeated(SeamCall call) {
  // These cannot be done twice; the others can.
  const bool repeatable = call == SeamCall::kBegin ||
                          call == SeamCall::kWrite ||
                          call == SeamCall::kCommit || call == SeamCall::kAbort;
  return repeatable && has_unanswered_ && unanswered_ == call && broken_.ok();
}

absl::Status FakeTransaction::CheckBegun() const {
  if (state_ == State::kBegun) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("transactional id ", options_.id, ": no transaction begun"));
}

absl::Status FakeTransaction::Open(absl::Duration /*timeout*/) {
  return Run(SeamCall::kOpenTransaction, [&] { return DoOpen(); });
}

absl::Status FakeTransaction::Begin() {
  return Run(SeamCall::kBegin, [&] { return DoBegin(); });
}

absl::Status FakeTransaction::Write(Destination destination,
                                    Partition partition, absl::string_view key,
                                    absl::optional<absl::string_view> value) {
  OwnedRecord record;
  record.key.emplace(key.data(), key.size());
  if (value.has_value()) record.value.emplace(value->data(), value->size());
  return Run(SeamCall::kWrite, [&] {
    return DoWrite(destination, partition, record, /*stamped=*/false);
  });
}

absl::Status FakeTransaction::WriteRecord(Destination destination,
                                          Partition partition,
                                          const OwnedRecord& record) {
  return Run(SeamCall::kWrite, [&] {
    return DoWrite(destination, partition, record, record.timestamp_ms != 0);
  });
}

bool FakeTransaction::Delivered() {
  if (++polls_ <= options_.polls_until_delivered) return false;
  if (state_ == State::kBegun && broken_.ok() && must_abort_.ok()) {
    Flush().IgnoreError();  // AddOffsets tells
  }
  return true;
}

absl::Status FakeTransaction::AddOffsets(
    absl::Span<const PartitionOffset> offsets, const GroupToken& token) {
  return Run(SeamCall::kAddOffsets,
             [&] { return DoAddOffsets(offsets, token); });
}

absl::Status FakeTransaction::Commit() {
  return Run(SeamCall::kCommit, [&] { return DoCommit(); });
}

absl::Status FakeTransaction::Abort() {
  return Run(SeamCall::kAbort, [&] { return DoAbort(); });
}

absl::Status FakeTransaction::DoOpen() {
  producer_ = cluster_->InitProducer(options_.id, options_.timeout);
  tainted_ = false;
  broken_ = absl::OkStatus();
  EndWriting();
  return absl::OkStatus();
}

absl::Status FakeTransaction::DoBegin() {
  if (has_unanswered_ && unanswered_ == SeamCall::kCommit) {
    return absl::InternalError(
        absl::StrCat("transactional id ", options_.id,
                     ": Begin although Commit is still unanswered"));
  }
  if (state_ != State::kReady) {
    return absl::InternalError(absl::StrCat(
        "transactional id ", options_.id, ": Begin ",
        state_ == State::kBegun ? "within a transaction" : "before Open"));
  }
  if (tainted_ && renews_) {
    const absl::Status opened = DoOpen();
    if (!opened.ok()) return opened;
  }
  state_ = State::kBegun;
  polls_ = 0;
  return absl::OkStatus();
}

const std::string& FakeTransaction::TopicOf(Destination destination) const {
  switch (destination) {
    case Destination::kResults:
      return options_.results_topic;
    case Destination::kUpdates:
      return options_.updates_topic;
    case Destination::kDeadLetters:
      return options_.dead_letter_topic;
    default:
      return options_
          .retry_topics[static_cast<size_t>(destination) -
                        static_cast<size_t>(Destination::kFirstRetryTopic)];
  }
}

absl::Status FakeTransaction::DoWrite(Destination destination,
                                      Partition partition, OwnedRecord record,
                                      bool stamped) {
  absl::Status status = CheckBegun();
  if (!status.ok()) return status;
  const std::string& topic = TopicOf(destination);
  if (topic.empty()) {
    return absl::InvalidArgumentError("there is no topic to write to");
  }
  status = cluster_->FindPartition(topic, partition).status();
  if (!status.ok()) return status;
  const size_t bytes =
      record.key.value_or("").size() + record.value.value_or("").size();
  if (bytes > options_.max_record_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(topic, ": a record of ", bytes, " bytes is larger than ",
                     options_.max_record_bytes));
  }
  buffer_.push_back({&topic, partition, std::move(record), stamped});
  if (!options_.buffer_writes) write_error_ = Flush();
  return absl::OkStatus();
}

absl::Status FakeTransaction::Flush() {
  for (const Buffered& written : buffer_) {
    if (!write_error_.ok()) break;
    const OwnedRecord& record = written.record;
    absl::optional<int64_t> timestamp;
    if (written.stamped) timestamp = record.timestamp_ms;
    write_error_ =
        cluster_->Append(producer_, *written.topic, written.partition,
                         absl::optional<absl::string_view>(record.key),
                         absl::optional<absl::string_view>(record.value),
                         timestamp, record.headers);
  }
  buffer_.clear();
  return write_error_;
}

absl::Status FakeTransaction::DoAddOffsets(
    absl::Span<const PartitionOffset> offsets, const GroupToken& token) {
  absl::Status status = CheckBegun();
  if (!status.ok()) return status;
  if (!options_.empty_group && (token.generation < 0 || token.member.empty())) {
    return absl::AbortedError(absl::StrCat(
        "group ", token.group,
        ": no membership to prove: a broker would not fence this commit"));
  }
  if (offsets.empty()) {  // a broker would fence nobody for it
    return absl::InvalidArgumentError(
        absl::StrCat("transactional id ", options_.id, ": no offsets to add"));
  }
  status = Flush();
  if (!status.ok()) return status;
  return cluster_->AddOffsets(producer_, options_.input_topic, offsets, token);
}

absl::Status FakeTransaction::DoCommit() {
  absl::Status status = CheckBegun();
  if (status.ok()) status = Flush();
  if (status.ok()) status = cluster_->EndTransaction(producer_, true);
  if (status.ok()) EndWriting();
  return status;
}

absl::Status FakeTransaction::DoAbort() {
  if (state_ != State::kBegun) {
    if (!has_unanswered_ || unanswered_ != SeamCall::kCommit) {
      return absl::OkStatus();
    }
    return absl::UnknownError(
        absl::StrCat("transactional id ", options_.id,
                     ": Abort of a transaction that did commit"));
  }
  const absl::Status status = cluster_->EndTransaction(producer_, false);
  if (status.ok()) EndWriting();
  return status;
}

void FakeTransaction::EndWriting() {
  state_ = State::kReady;
  must_abort_ = absl::OkStatus();
  write_error_ = absl::OkStatus();
  buffer_.clear();
}

}  // namespace exactmean

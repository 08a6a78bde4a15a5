// FakePlainWriter.

#include "tests/fake_log/fake_plain_writer.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {

template <typename Effect>
absl::Status FakePlainWriter::Run(SeamCall call, Effect effect) {
  const absl::Status status = plan_->Run(call, [&]() -> absl::Status {
    // It had its effect, and only its answer was lost.
    if (unanswered_ && last_ == call && call != SeamCall::kOpenTransaction) {
      return absl::OkStatus();
    }
    if (!open_ && call != SeamCall::kOpenTransaction) {
      return absl::UnknownError(absl::StrCat(options_.id, ": not open"));
    }
    const absl::Status done = effect();
    unanswered_ = done.ok();
    last_ = call;
    return done;
  });
  if (status.ok()) unanswered_ = false;
  if (!status.ok() && !absl::IsUnavailable(status)) open_ = false;
  return status;
}

absl::Status FakePlainWriter::Open(absl::Duration /*timeout*/) {
  return Run(SeamCall::kOpenTransaction, [&] {
    open_ = true;
    begun_ = false;
    buffer_.clear();
    return absl::OkStatus();
  });
}

absl::Status FakePlainWriter::Begin() {
  return Run(SeamCall::kBegin, [&] {
    if (begun_) return absl::InternalError("Begin before Commit");
    begun_ = true;
    written_ = false;
    return absl::OkStatus();
  });
}

absl::Status FakePlainWriter::Write(Destination destination,
                                    Partition partition, absl::string_view key,
                                    absl::optional<absl::string_view> value) {
  OwnedRecord record;
  record.key.emplace(key.data(), key.size());
  if (value.has_value()) record.value.emplace(value->data(), value->size());
  record.timestamp_ms = 0;
  return Run(SeamCall::kWrite,
             [&] { return DoWrite(destination, partition, record); });
}

absl::Status FakePlainWriter::WriteRecord(Destination destination,
                                          Partition partition,
                                          const OwnedRecord& record) {
  return Run(SeamCall::kWrite,
             [&] { return DoWrite(destination, partition, record); });
}

absl::Status FakePlainWriter::DoWrite(Destination destination,
                                      Partition partition,
                                      const OwnedRecord& record) {
  if (!begun_) return absl::InternalError("Write before Begin");
  const std::string& topic =
      destination == Destination::kResults   ? options_.results_topic
      : destination == Destination::kUpdates ? options_.updates_topic
                                             : options_.dead_letter_topic;
  if (topic.empty()) {
    return absl::InvalidArgumentError("there is no topic to write to");
  }
  const auto found = cluster_->FindPartition(topic, partition);
  if (!found.ok()) return found.status();
  buffer_.push_back({*found, record});
  if (record.timestamp_ms == 0) {
    buffer_.back().record.timestamp_ms = absl::ToUnixMillis(cluster_->now());
  }
  written_ = true;
  if (!options_.buffer_writes) Flush();
  return absl::OkStatus();
}

void FakePlainWriter::Flush() {
  for (const Buffered& written : std::exchange(buffer_, {})) {
    const OwnedRecord& record = written.record;
    written.partition->Append(absl::optional<absl::string_view>(record.key),
                              absl::optional<absl::string_view>(record.value),
                              record.timestamp_ms, kNoProducer, record.headers);
  }
}

absl::Status FakePlainWriter::AddOffsets(
    absl::Span<const PartitionOffset> /*offsets*/,
    const GroupToken& /*token*/) {
  return Run(SeamCall::kAddOffsets, [] {
    return absl::InternalError("AddOffsets without a transaction");
  });
}

absl::Status FakePlainWriter::Commit() {
  return Run(SeamCall::kCommit, [&] {
    if (!begun_) return absl::InternalError("Commit before Begin");
    Flush();
    begun_ = false;
    return absl::OkStatus();
  });
}

absl::Status FakePlainWriter::Abort() {
  return Run(SeamCall::kAbort, [&]() -> absl::Status {
    if (begun_ && written_) {
      return absl::UnknownError("what was written cannot be taken back");
    }
    begun_ = false;
    return absl::OkStatus();
  });
}

}  // namespace exactmean

// Strike: decorators of the three logs that count the calls.

#include "tests/selftest/strike.h"

#include <signal.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "processor/log.h"

namespace exactmean {
namespace {

// Shared by the logs of one worker; on its thread.
class Striker {
 public:
  explicit Striker(const Strike& strike) : strike_(strike) {}

  template <typename Effect>
  auto Around(SeamCall call, Effect effect) -> decltype(effect()) {
    const bool due = call == strike_.call && ++calls_ == strike_.nth;
    // To this thread: sent to the process, it might let the thread run on.
    if (due && !strike_.after) raise(strike_.signal);
    auto result = effect();
    if (due && strike_.after) raise(strike_.signal);
    return result;
  }

 private:
  const Strike strike_;
  int calls_ = 0;
};

class StruckInputLog : public InputLog {
 public:
  StruckInputLog(std::unique_ptr<InputLog> log,
                 std::shared_ptr<Striker> striker)
      : log_(std::move(log)), striker_(std::move(striker)) {}

  absl::Status Subscribe(AssignmentListener* listener) override {
    return striker_->Around(SeamCall::kSubscribe,
                            [&] { return log_->Subscribe(listener); });
  }
  absl::StatusOr<absl::Span<const LogRecord>> Poll(
      absl::Duration timeout) override {
    return striker_->Around(SeamCall::kPoll,
                            [&] { return log_->Poll(timeout); });
  }
  absl::StatusOr<absl::optional<Offset>> Committed(
      Partition partition) override {
    return striker_->Around(SeamCall::kCommitted,
                            [&] { return log_->Committed(partition); });
  }
  absl::StatusOr<std::string> CommittedNote(Partition partition) override {
    return striker_->Around(SeamCall::kCommitted,
                            [&] { return log_->CommittedNote(partition); });
  }
  absl::StatusOr<OffsetRange> Range(Partition partition) override {
    return striker_->Around(SeamCall::kRange,
                            [&] { return log_->Range(partition); });
  }
  absl::StatusOr<Offset> StableEnd(Partition partition) override {
    return striker_->Around(SeamCall::kRange,
                            [&] { return log_->StableEnd(partition); });
  }
  absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                  absl::Time time) override {
    return striker_->Around(SeamCall::kRange,
                            [&] { return log_->FindTime(partition, time); });
  }
  absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition partition,
                                                   Offset offset) override {
    return striker_->Around(SeamCall::kReadAt,
                            [&] { return log_->ReadAt(partition, offset); });
  }
  absl::Status ResumeAt(Partition partition, Offset offset) override {
    return striker_->Around(SeamCall::kResumeAt,
                            [&] { return log_->ResumeAt(partition, offset); });
  }
  absl::Status Pause(Partition partition) override {
    return striker_->Around(SeamCall::kPause,
                            [&] { return log_->Pause(partition); });
  }
  absl::StatusOr<GroupToken> Token() override {
    return striker_->Around(SeamCall::kToken, [&] { return log_->Token(); });
  }
  absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                             CommitWhen when) override {
    return striker_->Around(SeamCall::kCommitOffsets,
                            [&] { return log_->CommitOffsets(offsets, when); });
  }
  absl::Status OffsetsCommitted(absl::Duration timeout) override {
    return striker_->Around(SeamCall::kOffsetsCommitted,
                            [&] { return log_->OffsetsCommitted(timeout); });
  }
  absl::StatusOr<TopicIdentity> Describe() override {
    return striker_->Around(SeamCall::kDescribe,
                            [&] { return log_->Describe(); });
  }
  absl::Status Close() override {
    return striker_->Around(SeamCall::kCloseInput,
                            [&] { return log_->Close(); });
  }

 private:
  const std::unique_ptr<InputLog> log_;
  const std::shared_ptr<Striker> striker_;
};

class StruckResultsLog : public ResultsLog {
 public:
  StruckResultsLog(std::unique_ptr<ResultsLog> log,
                   std::shared_ptr<Striker> striker)
      : log_(std::move(log)), striker_(std::move(striker)) {}

  absl::StatusOr<Offset> EndOffset(Partition partition) override {
    return striker_->Around(SeamCall::kEndOffset,
                            [&] { return log_->EndOffset(partition); });
  }
  absl::Status Open(Partition partition) override {
    return striker_->Around(SeamCall::kOpenResults,
                            [&] { return log_->Open(partition); });
  }
  absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) override {
    return striker_->Around(SeamCall::kRead,
                            [&] { return log_->Read(timeout); });
  }
  Offset Position(Partition partition) override {
    return log_->Position(partition);
  }
  void Close(Partition partition) override { log_->Close(partition); }
  absl::StatusOr<TopicIdentity> Describe() override {
    return striker_->Around(SeamCall::kDescribeResults,
                            [&] { return log_->Describe(); });
  }

 private:
  const std::unique_ptr<ResultsLog> log_;
  const std::shared_ptr<Striker> striker_;
};

class StruckTransaction : public Transaction {
 public:
  StruckTransaction(std::unique_ptr<Transaction> transaction,
                    std::shared_ptr<Striker> striker)
      : transaction_(std::move(transaction)), striker_(std::move(striker)) {}

  absl::Status Open(absl::Duration timeout) override {
    return striker_->Around(SeamCall::kOpenTransaction,
                            [&] { return transaction_->Open(timeout); });
  }
  absl::Status Begin() override {
    return striker_->Around(SeamCall::kBegin,
                            [&] { return transaction_->Begin(); });
  }
  absl::Status Write(Destination destination, Partition partition,
                     absl::string_view key,
                     absl::optional<absl::string_view> value) override {
    return striker_->Around(SeamCall::kWrite, [&] {
      return transaction_->Write(destination, partition, key, value);
    });
  }
  absl::Status WriteRecord(Destination destination, Partition partition,
                           const OwnedRecord& record) override {
    return striker_->Around(SeamCall::kWrite, [&] {
      return transaction_->WriteRecord(destination, partition, record);
    });
  }
  bool Delivered() override { return transaction_->Delivered(); }
  absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                          const GroupToken& token) override {
    return striker_->Around(SeamCall::kAddOffsets, [&] {
      return transaction_->AddOffsets(offsets, token);
    });
  }
  absl::Status Commit() override {
    return striker_->Around(SeamCall::kCommit,
                            [&] { return transaction_->Commit(); });
  }
  absl::Status Abort() override {
    return striker_->Around(SeamCall::kAbort,
                            [&] { return transaction_->Abort(); });
  }
  absl::string_view id() const override { return transaction_->id(); }

 private:
  const std::unique_ptr<Transaction> transaction_;
  const std::shared_ptr<Striker> striker_;
};

}  // namespace

std::string Strike::ToString() const {
  return absl::StrCat(signal == SIGSTOP ? "STOP" : "KILL",
                      after ? " after " : " before ", SeamCallName(call), " #",
                      nth);
}

absl::StatusOr<Strike> ParseStrike(absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  Strike strike;
  for (int i = 0; words.size() == 4 && i < kSeamCalls; ++i) {
    strike.call = static_cast<SeamCall>(i);
    if (SeamCallName(strike.call) != words[2]) continue;
    strike.signal = words[0] == "STOP" ? SIGSTOP : SIGKILL;
    strike.after = words[1] == "after";
    if (absl::SimpleAtoi(absl::StripPrefix(words[3], "#"), &strike.nth) &&
        strike.nth > 0 && strike.ToString() == text) {
      return strike;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is not like \"KILL before Transaction::Commit #1\": KILL or STOP, "
      "before or after, a call of processor/log.h, its number"));
}

WorkerLogsFactory WithStrike(WorkerLogsFactory make, const Strike& strike) {
  return [make = std::move(make),
          strike](const KafkaOptions& options) -> absl::StatusOr<WorkerLogs> {
    auto logs = make(options);
    if (!logs.ok()) return logs;
    const auto striker = std::make_shared<Striker>(strike);
    WorkerLogs struck;
    struck.input =
        std::make_unique<StruckInputLog>(std::move(logs->input), striker);
    struck.results =
        std::make_unique<StruckResultsLog>(std::move(logs->results), striker);
    struck.transaction = std::make_unique<StruckTransaction>(
        std::move(logs->transaction), striker);
    return struck;
  };
}

}  // namespace exactmean

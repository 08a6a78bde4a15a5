// Redrive.

#include "tools/inspect/dlq/redrive.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/retry.h"
#include "tools/inspect/dlq/redrive_mark.h"

namespace exactmean {
namespace {

// Of a transaction: small enough to be written well within its timeout.
constexpr size_t kMostLetters = 500;
constexpr size_t kMostBytes = 4 << 20;

constexpr absl::Duration kOpening = absl::Seconds(5);

}  // namespace

std::string RedriverOf(const std::string& application) {
  return absl::StrCat(application, "/redrive");
}

PartitionRedrive Redrive::PlanOne(Partition partition,
                                  const PartitionLetters& letters) const {
  PartitionRedrive one;
  one.partition = partition;
  one.foreign = letters.foreign;
  if (letters.held_back) one.open_from = letters.end;
  for (const auto& [offset, letter] : letters.letters) {
    const DeadLetterOrigin& origin = letter.origin;
    if (letter.redriven) {
      ++one.redriven;
    } else if (letter.read_again) {
      ++one.read_again;
    } else if (origin.topic != request_.input_topic ||
               origin.partition.value() >= request_.input_partitions) {
      ++one.other_input;
    } else if (!request_.filter.Matches(letter)) {
      ++one.not_meant;
    } else if (origin.attempts >= request_.max_attempts) {
      ++one.given_up;
    } else {
      one.letters.push_back(offset);
    }
  }
  return one;
}

absl::StatusOr<LetterIndex> Redrive::Read() const {
  return ReadLetters(letters_, request_.partitions, request_.application,
                     options_);
}

Redrive::Plans Redrive::PlanAll(const LetterIndex& index) const {
  Plans plans;
  for (const auto& [partition, letters] : index) {
    plans.push_back(PlanOne(partition, letters));
  }
  return plans;
}

absl::Status Redrive::Plan() {
  const auto index = Read();
  if (!index.ok()) return index.status();
  plan_ = PlanAll(*index);
  if (request_.limit == 0) return absl::OkStatus();
  size_t left = request_.limit;
  for (PartitionRedrive& one : plan_) {
    const size_t taken = std::min(left, one.letters.size());
    one.not_meant += one.letters.size() - taken;
    one.letters.resize(taken);
    left -= taken;
  }
  return absl::OkStatus();
}

// What was not shown, nobody has agreed to.
absl::Status Redrive::PlanAgain() {
  const auto index = Read();
  if (!index.ok()) return index.status();
  const absl::Status whole = CheckWhole(*index, "what was redriven");
  if (!whole.ok()) return whole;
  Plans plans = PlanAll(*index);
  for (PartitionRedrive& one : plans) {
    std::vector<Offset> agreed;
    for (const PartitionRedrive& shown : plan_) {
      if (shown.partition != one.partition) continue;
      std::set_intersection(one.letters.begin(), one.letters.end(),
                            shown.letters.begin(), shown.letters.end(),
                            std::back_inserter(agreed));
    }
    one.not_meant += one.letters.size() - agreed.size();
    one.letters = std::move(agreed);
  }
  plan_ = std::move(plans);
  return absl::OkStatus();
}

absl::Status Redrive::Execute(Transaction* transaction) {
  // After this no other redrive can commit, and none is undecided: the marks
  // that are there are all that there will be but for our own.
  absl::Status status =
      RetryUnavailable(options_.clock, options_.patience,
                       [&] { return transaction->Open(kOpening); });
  if (status.ok()) status = PlanAgain();
  if (!status.ok()) return status;
  for (PartitionRedrive& one : plan_) {
    status = RedrivePartition(&one, transaction);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

uint64_t Redrive::done() const {
  uint64_t sum = 0;
  for (const PartitionRedrive& one : plan_) sum += one.done;
  return sum;
}

absl::Status Redrive::RedrivePartition(PartitionRedrive* one,
                                       Transaction* transaction) {
  const std::vector<Offset>& meant = one->letters;
  if (meant.empty()) return absl::OkStatus();
  const Stretch stretch = {one->partition, meant.front(), Next(meant.back())};
  const auto read =
      Scan(letters_, {stretch}, options_, [&](const LogRecord& letter) {
        if (!std::binary_search(meant.begin(), meant.end(), letter.offset)) {
          return absl::OkStatus();
        }
        const absl::Status status = Write(letter, transaction);
        if (!status.ok()) return Abort(status, transaction);
        if (written_.size() < kMostLetters && bytes_ < kMostBytes) {
          return absl::OkStatus();
        }
        return Commit(one, transaction);
      });
  if (!read.ok()) {
    return written_.empty() ? read.status() : Abort(read.status(), transaction);
  }
  return written_.empty() ? absl::OkStatus() : Commit(one, transaction);
}

absl::Status Redrive::Write(const LogRecord& letter, Transaction* transaction) {
  OwnedRecord copy;
  absl::Status status = CopyRecord(letter, &copy);
  if (!status.ok()) return status;
  const auto parsed = ParseDeadLetter(std::move(copy));
  if (!parsed.ok()) return parsed.status();
  if (written_.empty()) {
    status = RetryUnavailable(options_.clock, options_.patience,
                              [&] { return transaction->Begin(); });
    if (!status.ok()) return status;
  }
  const OwnedRecord record = ToRedriven(*parsed);
  written_.push_back(letter.offset);
  bytes_ += record.bytes();
  return RetryUnavailable(options_.clock, options_.patience, [&] {
    return transaction->WriteRecord(Destination::kResults,
                                    parsed->origin.partition, record);
  });
}

absl::Status Redrive::Commit(PartitionRedrive* one, Transaction* transaction) {
  const auto again = [&](auto call) {
    return RetryUnavailable(options_.clock, options_.patience, call);
  };
  const OwnedRecord mark = MarkOf(written_);
  absl::Status status = again([&] {
    return transaction->WriteRecord(Destination::kDeadLetters, one->partition,
                                    mark);
  });
  if (!status.ok()) return Abort(status, transaction);
  status = again([&] { return transaction->Commit(); });
  if (absl::IsAborted(status)) return Abort(status, transaction);
  if (absl::IsUnavailable(status) || absl::IsUnknown(status)) {
    return absl::Status(
        status.code(),
        absl::StrCat("whether the last ", written_.size(),
                     " dead letters were redriven is not known here, but in "
                     "the log: run it again (",
                     status.message(), ")"));
  }
  if (!status.ok()) return status;
  one->done += written_.size();
  written_.clear();
  bytes_ = 0;
  if (options_.stop != nullptr && *options_.stop) {
    return absl::CancelledError("interrupted; another run goes on from here");
  }
  return absl::OkStatus();
}

// What cannot be aborted is aborted by the next redrive, or by its timeout.
absl::Status Redrive::Abort(const absl::Status& why, Transaction* transaction) {
  written_.clear();
  bytes_ = 0;
  const absl::Status aborted = RetryUnavailable(
      options_.clock, options_.patience, [&] { return transaction->Abort(); });
  if (aborted.ok()) return why;
  return absl::Status(
      why.code(), absl::StrCat(why.message(),
                               "; and the abort failed: ", aborted.message()));
}

}  // namespace exactmean

// RecordHandler.

#include "processor/record_handler.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/retry_topic/retry_record.h"
#include "processor/stop.h"
#include "state/arithmetic.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

void LogPassed(BadRecordPolicy policy, const std::string& place,
               const absl::Status& why) {
  LOG_EVERY_N(WARNING, 1000)
      << (policy == BadRecordPolicy::kSkip ? "skipped" : "dead letter") << " ("
      << google::COUNTER << " so far): "
      << (KindOf(why) == BadRecordKind::kGivenUp ? "given up, " : "bad ")
      << "record in " << place << ": " << why.message();
}

}  // namespace

absl::Status RecordHandler::Handle(const LogRecord& record,
                                   PartitionState* state) {
  const absl::Status bad = Fold(record, state);
  if (bad.ok() || absl::IsUnavailable(bad)) return bad;
  return PassBad(
      record, bad, [&] { state->Skip(record.offset); },
      [&](OwnedRecord letter) {
        state->AddDeadLetter(record.offset, std::move(letter));
      });
}

absl::Status RecordHandler::PassBad(
    const LogRecord& record, const absl::Status& bad,
    absl::FunctionRef<void()> skip,
    absl::FunctionRef<void(OwnedRecord letter)> add_dead_letter) const {
  if (IsStop(bad)) {
    return Stop(ReasonOf(bad),
                absl::StrCat("the step failed on the record in ",
                             PlaceOf(record), ": ", bad.message()));
  }
  if (policy_ == BadRecordPolicy::kStop) {
    return Stop(
        StopReason::kBadRecord,
        absl::StrCat("bad record in ", PlaceOf(record), ": ", bad.message(),
                     ". Policy STOP: to pass over bad records set "
                     "on_bad_record: SKIP, to keep them aside "
                     "DEAD_LETTER"));
  }
  LogPassed(policy_, PlaceOf(record), bad);
  if (policy_ == BadRecordPolicy::kSkip) {
    skip();
  } else {
    add_dead_letter(ToDeadLetterOf(record, bad, /*tries=*/0));
  }
  return absl::OkStatus();
}

std::string RecordHandler::PlaceOf(const LogRecord& record) const {
  return absl::StrFormat("topic \"%s\", partition %d, offset %d", topic_,
                         record.partition.value(), record.offset.value());
}

void RecordHandler::GiveUp(const LogRecord& record, absl::string_view why,
                           int tries, PartitionState* state) {
  const absl::Status given_up = BadRecord(BadRecordKind::kGivenUp, why);
  LOG_EVERY_N(WARNING, 1000)
      << "given up (" << google::COUNTER << " so far), and "
      << (retry_topics_.empty() ? "a dead letter: " : "to be tried again: ")
      << PlaceOf(record) << ": " << why;
  if (retry_topics_.empty()) {
    state->AddDeadLetter(record.offset,
                         ToDeadLetterOf(record, given_up, tries));
  } else {
    state->SendToRetry(record.offset, {0, retry_topics_[0].name},
                       ToRetryTopicOf(0, record, given_up, tries));
  }
}

absl::Status RecordHandler::HandleRetried(const WaitingRecord& waiting,
                                          PartitionState* state) {
  const LogRecord record = ToLogRecord(waiting.retry);
  const Retried from = {retry_topics_[waiting.step].name, waiting.at,
                        record.offset};
  const auto read = ReadSample(record);
  if (read.ok()) {
    if (read->has_value()) {
      state->ApplyRetried(from, *record.key, **read);
    } else {
      state->FilterRetried(from);
    }
    return absl::OkStatus();
  }
  absl::Status bad = read.status();
  if (absl::IsUnavailable(bad) && !IsStop(bad)) {
    bad = BadRecord(BadRecordKind::kGivenUp, bad.message());
    const size_t next = waiting.step + 1;
    const int tries = waiting.retry.origin.tries + 1;
    if (next < retry_topics_.size()) {
      state->SendToRetryAgain(from, {next, retry_topics_[next].name},
                              ToRetryTopicOf(next, record, bad, tries));
    } else {
      LogPassed(BadRecordPolicy::kDeadLetter, PlaceOf(record), bad);
      state->AddDeadLetterRetried(from, ToDeadLetterOf(record, bad, tries));
    }
    return absl::OkStatus();
  }
  return PassBad(
      record, bad, [&] { state->SkipRetried(from); },
      [&](OwnedRecord letter) {
        state->AddDeadLetterRetried(from, std::move(letter));
      });
}

// What is told of the record; `copy` becomes the record itself.
DeadLetterOrigin RecordHandler::OriginOf(const LogRecord& record,
                                         const absl::Status& bad, int tries,
                                         OwnedRecord* copy) const {
  DeadLetterOrigin origin;
  origin.topic = topic_;
  origin.partition = record.partition;
  origin.offset = record.offset;
  origin.timestamp_ms = record.timestamp_ms;
  origin.kind = std::string(ToString(KindOf(bad)));
  origin.error = std::string(bad.message());
  origin.application = application_;
  origin.time = now_();
  const absl::Status copied = CopyRecord(record, copy);
  if (!copied.ok()) {
    absl::StrAppend(&origin.error,
                    "; and it is without its headers: ", copied.message());
  }
  origin.attempts = AttemptsOf(copy->headers) + 1;
  origin.tries = tries;
  return origin;
}

OwnedRecord RecordHandler::ToDeadLetterOf(const LogRecord& record,
                                          const absl::Status& bad,
                                          int tries) const {
  OwnedRecord copy;
  const DeadLetterOrigin origin = OriginOf(record, bad, tries, &copy);
  return ToDeadLetter(origin, std::move(copy));
}

OwnedRecord RecordHandler::ToRetryTopicOf(size_t step, const LogRecord& record,
                                          const absl::Status& why,
                                          int tries) const {
  OwnedRecord copy;
  const DeadLetterOrigin origin = OriginOf(record, why, tries, &copy);
  return ToRetryTopic(origin, now_() + retry_topics_[step].delay,
                      std::move(copy));
}

absl::Status RecordHandler::Fold(const LogRecord& record,
                                 PartitionState* state) {
  if (!record.key.has_value()) {
    return BadRecord(BadRecordKind::kNoKey, "it has no key");
  }
  if (record.key->size() > kMaxKeyBytes) {
    return BadRecord(BadRecordKind::kKeyTooLong,
                     absl::StrCat("its key of ", record.key->size(),
                                  " bytes is longer than ", kMaxKeyBytes));
  }
  if (IsReservedKey(*record.key)) {
    return BadRecord(BadRecordKind::kReservedKey,
                     absl::StrCat("its key begins with \"", kReservedPrefix,
                                  "\", which is reserved"));
  }
  if (!record.value.has_value()) {
    state->Delete(record.offset, *record.key);
    return absl::OkStatus();
  }
  const auto read = ReadSample(record);
  if (!read.ok()) return read.status();
  if (read->has_value()) {
    state->Apply(record.offset, *record.key, **read);
  } else {
    state->Filter(record.offset);
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<Sample>> RecordHandler::ReadSample(
    const LogRecord& record) {
  auto read = reader_.Read(record);
  if (!read.ok() || !read->has_value()) return read;
  const Sample& sample = **read;
  if (IsAdmissible(sample)) return read;
  return BadRecord(
      BadRecordKind::kOutOfRange,
      IsAdmissible(sample.value)
          ? absl::StrFormat("event time %d us since 1970 is out of range",
                            sample.time.value())
          : absl::StrFormat("value %g is out of range: at most %g either way",
                            sample.value, kMaxMagnitude));
}

}  // namespace exactmean

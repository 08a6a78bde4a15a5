// RecordHandler.

#include "processor/record_handler.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/dead_letter/bad_record.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/stop.h"
#include "state/arithmetic.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"

namespace exactmean {

absl::Status RecordHandler::Handle(const LogRecord& record,
                                   PartitionState* state) {
  const absl::Status bad = Fold(record, state);
  if (bad.ok() || absl::IsUnavailable(bad)) return bad;
  if (IsStop(bad)) {
    return Stop(ReasonOf(bad),
                absl::StrCat("the step failed on the record in ",
                             PlaceOf(record), ": ", bad.message()));
  }
  const auto what = [&] {
    return absl::StrCat("bad record in ", PlaceOf(record), ": ", bad.message());
  };
  switch (policy_) {
    case BadRecordPolicy::kStop:
      break;
    case BadRecordPolicy::kSkip:
      LOG_EVERY_N(WARNING, 1000)
          << "skipped (" << google::COUNTER << " so far): " << what();
      state->Skip(record.offset);
      return absl::OkStatus();
    case BadRecordPolicy::kDeadLetter:
      LOG_EVERY_N(WARNING, 1000)
          << "dead letter (" << google::COUNTER << " so far): " << what();
      AddDeadLetter(record, bad, /*tries=*/0, state);
      return absl::OkStatus();
  }
  return Stop(StopReason::kBadRecord,
              absl::StrCat(what(),
                           ". Policy STOP: to pass over bad records set "
                           "on_bad_record: SKIP, to keep them aside "
                           "DEAD_LETTER"));
}

std::string RecordHandler::PlaceOf(const LogRecord& record) const {
  return absl::StrFormat("topic \"%s\", partition %d, offset %d", topic_,
                         record.partition.value(), record.offset.value());
}

void RecordHandler::GiveUp(const LogRecord& record, absl::string_view why,
                           int tries, PartitionState* state) {
  LOG_EVERY_N(WARNING, 1000)
      << "given up (" << google::COUNTER
      << " so far), and a dead letter: " << PlaceOf(record) << ": " << why;
  AddDeadLetter(record, BadRecord(BadRecordKind::kGivenUp, why), tries, state);
}

void RecordHandler::AddDeadLetter(const LogRecord& record,
                                  const absl::Status& bad, int tries,
                                  PartitionState* state) {
  DeadLetterOrigin origin;
  origin.topic = topic_;
  origin.partition = record.partition;
  origin.offset = record.offset;
  origin.timestamp_ms = record.timestamp_ms;
  origin.kind = std::string(ToString(KindOf(bad)));
  origin.error = std::string(bad.message());
  origin.application = application_;
  origin.time = now_();
  OwnedRecord copy;
  const absl::Status copied = CopyRecord(record, &copy);
  if (!copied.ok()) {
    absl::StrAppend(&origin.error,
                    "; and it is without its headers: ", copied.message());
  }
  origin.attempts = AttemptsOf(copy.headers) + 1;
  origin.tries = tries;
  state->AddDeadLetter(record.offset, ToDeadLetter(origin, std::move(copy)));
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
  const auto read = reader_.Read(record);
  if (!read.ok()) return read.status();
  if (!read->has_value()) {
    state->Filter(record.offset);
    return absl::OkStatus();
  }
  const Sample* sample = &**read;
  if (!IsAdmissible(*sample)) {
    return BadRecord(
        BadRecordKind::kOutOfRange,
        absl::StrFormat(
            "value %g at event time %d us is out of range (values to %g)",
            sample->value, sample->time.value(), kMaxMagnitude));
  }
  state->Apply(record.offset, *record.key, *sample);
  return absl::OkStatus();
}

}  // namespace exactmean

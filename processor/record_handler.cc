// RecordHandler.

#include "processor/record_handler.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/arithmetic.h"
#include "state/key_windows.h"
#include "state/reserved_keys.h"

namespace exactmean {

absl::Status RecordHandler::Handle(const LogRecord& record,
                                   PartitionState* state) {
  const absl::Status bad = Fold(record, state);
  if (bad.ok()) return bad;
  const std::string what = absl::StrFormat(
      "bad record in topic \"%s\", partition %d, offset %d: %s", topic_,
      record.partition.value(), record.offset.value(), bad.message());
  if (policy_ == BadRecordPolicy::kStop) {
    return Stop(StopReason::kBadRecord,
                absl::StrCat(what,
                             ". Policy STOP: to pass over bad records set "
                             "on_bad_record: SKIP"));
  }
  LOG_EVERY_N(WARNING, 1000)
      << "skipped (" << google::COUNTER << " so far): " << what;
  state->Skip(record.offset);
  return absl::OkStatus();
}

absl::Status RecordHandler::Fold(const LogRecord& record,
                                 PartitionState* state) {
  if (!record.key.has_value()) {
    return absl::InvalidArgumentError("it has no key");
  }
  if (record.key->size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("its key of ", record.key->size(),
                     " bytes is longer than ", kMaxKeyBytes));
  }
  if (IsReservedKey(*record.key)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "its key begins with \"", kReservedPrefix, "\", which is reserved"));
  }
  if (!record.value.has_value()) {
    state->Delete(record.offset, *record.key);
    return absl::OkStatus();
  }
  const absl::StatusOr<Sample> sample = decoder_->Decode(record);
  if (!sample.ok()) return sample.status();
  if (!IsAdmissible(*sample)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "value %g at event time %d us is out of range (values to %g)",
        sample->value, sample->time.value(), kMaxMagnitude));
  }
  state->Apply(record.offset, *record.key, *sample);
  return absl::OkStatus();
}

}  // namespace exactmean

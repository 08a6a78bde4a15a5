// DeadLetterWatch.

#include "tests/world/dead_letter_watch.h"

#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/dead_letter/dead_letter.h"

namespace exactmean {
namespace {

absl::Status Broken(Offset offset, absl::string_view what) {
  return absl::InternalError(
      absl::StrCat("the dead letter of offset ", offset.value(), " ", what));
}

}  // namespace

absl::Status DeadLetterWatch::Check(absl::optional<Offset> start, Offset next,
                                    bool decided,
                                    const std::set<Offset>& sent) {
  position_ = letters_->ReadCommitted(
      position_, std::numeric_limits<size_t>::max(),
      [&](const FakeRecord& record) {
        read_.push_back(
            {record.key, record.value, record.headers, record.timestamp_ms});
      });
  decided &= letters_->last_stable() == letters_->high();
  if (!start.has_value()) {
    return decided && !read_.empty()
               ? absl::InternalError("dead letters without a checkpoint")
               : absl::OkStatus();
  }
  const bool kept = model_->on_bad_record() == BadRecordPolicy::kDeadLetter;
  const auto is_bad = [&](Offset offset) {
    return model_->record(offset).kind == ModelRecord::Kind::kBad &&
           sent.count(offset) == 0;
  };
  if (!passed_.has_value()) passed_ = start;
  for (const OwnedRecord& letter : std::exchange(read_, {})) {
    const auto parsed = ParseDeadLetter(letter);
    if (parsed.ok() && sent.count(parsed->origin.offset) > 0) {
      const absl::Status status = CheckOne(letter, parsed->origin.offset);
      if (!status.ok()) return status;
      if (!retried_.insert(parsed->origin.offset).second) {
        return Broken(parsed->origin.offset, "is there twice");
      }
      continue;
    }
    while (*passed_ < model_->end() && !is_bad(*passed_)) {
      passed_ = Next(*passed_);
    }
    if (!kept || *passed_ >= model_->end()) {
      return Broken(*passed_, "is of no bad record");
    }
    const absl::Status status = CheckOne(letter, *passed_);
    if (!status.ok()) return status;
    passed_ = Next(*passed_);
  }
  if (!decided || !kept) return absl::OkStatus();
  if (*passed_ > next) {
    return Broken(Offset(passed_->value() - 1),
                  "is committed, but its record is not passed");
  }
  for (Offset offset = *passed_; offset < next; offset = Next(offset)) {
    if (is_bad(offset)) return Broken(offset, "is missing");
  }
  return absl::OkStatus();
}

absl::Status DeadLetterWatch::CheckOne(const OwnedRecord& letter,
                                       Offset offset) const {
  const auto parsed = ParseDeadLetter(letter);
  if (!parsed.ok()) return Broken(offset, parsed.status().message());
  const ModelRecord& want = model_->record(offset);
  const DeadLetterOrigin& origin = parsed->origin;
  if (origin.offset != offset) {
    return Broken(offset, absl::StrCat("should be next; that of ",
                                       origin.offset.value(), " is"));
  }
  if (parsed->record.key != want.key || parsed->record.value != want.text ||
      !(parsed->record.headers == want.headers) ||
      parsed->record.timestamp_ms != want.timestamp_ms ||
      // A producer cannot write a 0.
      (want.timestamp_ms != 0 && letter.timestamp_ms != want.timestamp_ms)) {
    return Broken(offset, "is not the record as it was");
  }
  if (origin.topic != "in" || origin.application != "app" ||
      origin.attempts != AttemptsOf(want.headers) + 1 || origin.error.empty()) {
    return Broken(offset, "says something else of where it comes from");
  }
  return absl::OkStatus();
}

}  // namespace exactmean

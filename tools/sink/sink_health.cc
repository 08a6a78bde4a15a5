// Sink: how it is, and how it bears trouble.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "glog/logging.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/sink/sink.h"

namespace exactmean {
namespace {

// A broker that has just started may not know the topic yet.
constexpr absl::Duration kMissingPatience = absl::Seconds(10);
// A statement that was ended may get through in a quieter moment.
constexpr absl::Duration kStatementPatience = absl::Minutes(1);
// So long at most until a wish to stop is noticed.
constexpr absl::Duration kNap = absl::Milliseconds(100);

absl::Duration Rounded(absl::Duration duration) {
  return absl::Trunc(duration, absl::Milliseconds(100));
}

}  // namespace

absl::Status Sink::LookAround() {
  const absl::Time now = options_.now();
  const auto identity = reader_->Describe();
  if (!identity.ok()) return identity.status();
  if (identity->id != topic_id_) {
    return absl::UnavailableError(absl::StrCat(
        "topic \"", options_.topic, "\" was deleted and made again"));
  }
  for (const auto& [partition, position] : stored_) {
    const auto end = reader_->StableEnd(partition);
    if (!end.ok()) return end.status();
    ends_now_[partition] = *end;
    // One that is not reached yet stays: who is always a little behind would
    // never reach any.
    Goal& goal = goals_[partition];
    if (position >= goal.end) goal = {*end, now};
  }
  looked_ = clock_->Now();
  if (batch_.held() == 0) Recover();
  return absl::OkStatus();
}

void Sink::SayStatus() {
  const absl::Time now = clock_->Now();
  int64_t lag = 0;
  for (const auto& [partition, end] : ends_now_) {
    const auto at = stored_.find(partition);
    if (at == stored_.end()) continue;
    lag += std::max<int64_t>(0, end.value() - at->second.value());
  }
  const double seconds = std::max(absl::ToDoubleSeconds(now - said_), 0.001);
  LOG(INFO) << absl::StrFormat(
      "%s written, %s/s, lag %s%s%s", Plural(written_, "key"),
      WithCommas(static_cast<uint64_t>(
          static_cast<double>(written_ - said_written_) / seconds)),
      WithCommas(static_cast<uint64_t>(lag)),
      table_->rows_refused() > 0
          ? absl::StrCat(", ", table_->rows_refused(), " refused")
          : "",
      table_->resyncing() > 0
          ? absl::StrCat(", ", Plural(table_->resyncing(), "partition"),
                         " read from the beginning")
          : "");
  said_written_ = written_;
  said_ = now;
}

void Sink::Recover() {
  backoff_.Reset();
  if (!trouble_since_.has_value()) return;
  LOG(INFO) << "goes on after " << Rounded(clock_->Now() - *trouble_since_)
            << " of trouble";
  trouble_since_.reset();
}

bool Sink::IsPassing(const absl::Status& trouble) {
  switch (trouble.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

absl::Status Sink::Endure(const absl::Status& trouble) {
  const absl::Time now = clock_->Now();
  if (!trouble_since_.has_value()) trouble_since_ = now;
  const absl::Duration lasts = now - *trouble_since_;
  switch (trouble.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kOutOfRange:  // a look at the topic tells why
      break;
    case absl::StatusCode::kNotFound:
      if (lasts < kMissingPatience) break;
      return Failure(trouble);
    case absl::StatusCode::kDeadlineExceeded:
      if (lasts < kStatementPatience) break;
      return Stop(StopReason::kConfig,
                  absl::StrCat(trouble.message(), "; each time for ",
                               absl::FormatDuration(Rounded(lasts)),
                               ". Raise the statement_timeout of the "
                               "sink's role, or lower --batch_keys"));
    default:
      return Failure(trouble);
  }
  if (lasts >= options_.unreachable_deadline) {
    return Stop(StopReason::kUnreachable,
                absl::StrCat(trouble.message(), "; for ",
                             absl::FormatDuration(Rounded(lasts)),
                             ": given up (--unreachable_deadline)"));
  }
  const absl::Duration wait = backoff_.Next();
  LOG(WARNING) << trouble.message() << "; for " << Rounded(lasts)
               << " now. Nothing is read meanwhile; tried again in " << wait;
  for (const absl::Time end = now + wait; clock_->Now() < end && !*stop_;) {
    clock_->Sleep(std::min(kNap, end - clock_->Now()));
  }
  return absl::OkStatus();
}

absl::Status Sink::Failure(const absl::Status& status) const {
  if (IsStop(status)) return status;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return Stop(StopReason::kConfig, status);
    case absl::StatusCode::kDataLoss:
      return Stop(StopReason::kState, status);
    default:
      return Stop(StopReason::kInternal, status);
  }
}

}  // namespace exactmean

// InputWatch.

#include "processor/input_watch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(1);

}  // namespace

InputWatch::InputWatch(const Pipeline* pipeline, InputLog* input, Clock* clock,
                       absl::Duration missing_patience)
    : pipeline_(pipeline),
      input_(input),
      clock_(clock),
      missing_patience_(missing_patience) {}

absl::Status InputWatch::CheckIfDue() {
  if (clock_->Now() - last_good_ < kEvery) return absl::OkStatus();
  return Check();
}

absl::Status InputWatch::Check() {
  const absl::StatusOr<TopicIdentity> now = input_->Describe();
  if (absl::IsNotFound(now.status())) return Missing();
  if (!now.ok()) return now.status();
  missing_since_ = absl::InfiniteFuture();
  const absl::Status same = Compare(*now);
  if (!same.ok()) return same;
  if (!id_.has_value()) id_ = now->id;
  last_good_ = clock_->Now();
  return absl::OkStatus();
}

absl::Status InputWatch::Compare(const TopicIdentity& now) const {
  const StateIdentity& whose = pipeline_->identity;
  if (id_.has_value() && *id_ != now.id) {
    return Stop(
        StopReason::kState,
        absl::StrCat("input topic \"", whose.input_topic,
                     "\" was deleted and made again while it was read: the "
                     "state is of the former one, and nothing is committed "
                     "across. Start over with a new application_id and "
                     "results topic"));
  }
  if (now.partitions != whose.input_partitions) {
    return Stop(StopReason::kState,
                DescribePartitionsChanged(
                    whose.input_topic, whose.input_partitions, now.partitions));
  }
  return absl::OkStatus();
}

absl::Status InputWatch::Missing() {
  const absl::Time now = clock_->Now();
  missing_since_ = std::min(missing_since_, now);
  const std::string& topic = pipeline_->identity.input_topic;
  if (now - missing_since_ < missing_patience_) {
    return absl::UnavailableError(
        absl::StrCat("input topic \"", topic, "\" is not to be found"));
  }
  return Stop(StopReason::kConfig,
              absl::StrCat("input topic \"", topic,
                           "\" does not exist any more: it was deleted while "
                           "it was read. A topic made anew under its name "
                           "needs a new application_id and results topic"));
}

}  // namespace exactmean

// TopicWatch, and the two topics that are watched.

#include "processor/topic_watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"

namespace exactmean {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(1);

}  // namespace

WatchedTopic WatchedInput(const Pipeline& pipeline, InputLog* input) {
  WatchedTopic topic;
  topic.role = "input";
  topic.name = pipeline.identity.input_topic;
  topic.describe = [input] { return input->Describe(); };
  topic.in_use = "while it was read";
  topic.if_made_anew =
      ": the state is of the former one, and nothing is committed across. "
      "Start over with a new application_id and results topic";
  topic.if_deleted =
      ". A topic made anew under its name needs a new application_id and "
      "results topic";
  topic.partitions = pipeline.identity.input_partitions;
  return topic;
}

WatchedTopic WatchedResults(const std::string& name, ResultsLog* results) {
  WatchedTopic topic;
  topic.role = "results";
  topic.name = name;
  topic.describe = [results] { return results->Describe(); };
  topic.in_use = "while it was written";
  topic.if_made_anew =
      ": it lacks the state from before, and nothing more is committed to it. "
      "Stop all processes of this application. Then start over with a new "
      "application_id and results topic; or, if each partition of it holds a "
      "checkpoint again, exactmean-inspect rewind --to_earliest --execute "
      "writes it anew";
  topic.if_deleted =
      ". Its state went with it: restore it, or start over with a new "
      "application_id and results topic";
  return topic;
}

TopicWatch::TopicWatch(WatchedTopic topic, Clock* clock,
                       absl::Duration missing_patience)
    : topic_(std::move(topic)),
      clock_(clock),
      missing_patience_(missing_patience) {}

absl::Status TopicWatch::CheckIfDue() {
  if (clock_->Now() - last_good_ < kEvery) return absl::OkStatus();
  return Check();
}

absl::Status TopicWatch::Check() {
  const absl::StatusOr<TopicIdentity> now = topic_.describe();
  if (absl::IsNotFound(now.status())) return Missing();
  if (!now.ok()) return now.status();
  missing_since_ = absl::InfiniteFuture();
  const absl::Status same = Compare(*now);
  if (!same.ok()) return same;
  if (!id_.has_value()) id_ = now->id;
  last_good_ = clock_->Now();
  return absl::OkStatus();
}

absl::Status TopicWatch::Compare(const TopicIdentity& now) const {
  if (id_.has_value() && *id_ != now.id) {
    return Stop(StopReason::kState,
                absl::StrCat(Name(), " was deleted and made again ",
                             topic_.in_use, topic_.if_made_anew));
  }
  if (topic_.partitions.has_value() && now.partitions != *topic_.partitions) {
    return Stop(StopReason::kState,
                DescribePartitionsChanged(topic_.name, *topic_.partitions,
                                          now.partitions));
  }
  return absl::OkStatus();
}

absl::Status TopicWatch::Missing() {
  const absl::Time now = clock_->Now();
  missing_since_ = std::min(missing_since_, now);
  if (now - missing_since_ < missing_patience_) {
    return absl::UnavailableError(absl::StrCat(Name(), " is not to be found"));
  }
  return Stop(StopReason::kConfig,
              absl::StrCat(Name(), " does not exist any more: it was deleted ",
                           topic_.in_use, topic_.if_deleted));
}

std::string TopicWatch::Name() const {
  return absl::StrCat(topic_.role, " topic \"", topic_.name, "\"");
}

}  // namespace exactmean

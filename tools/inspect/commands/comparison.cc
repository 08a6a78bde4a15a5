// OfTimes, OfTopics and OfConfigs.

#include "tools/inspect/commands/comparison.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/config/load_config.h"
#include "processor/sample_reader.h"
#include "processor/stop.h"
#include "tools/inspect/commands/replay_of.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/past/asked_offset.h"

namespace exactmean {
namespace {

std::string PointText(const InputPoint& point) {
  if (point.offset.has_value()) {
    return absl::StrCat(", before input offset ", point.offset->value());
  }
  return point.time.empty()
             ? ", now"
             : absl::StrCat(", before the input of ", point.time);
}

class OfTimes final : public Comparison {
 public:
  OfTimes(InputPoint from, InputPoint to, std::unique_ptr<ReplayOf> of)
      : from_(std::move(from)), to_(std::move(to)), of_(std::move(of)) {}

  static absl::StatusOr<std::unique_ptr<Comparison>> Open(
      Session& session, const InputPoint& from, const InputPoint& to) {
    for (const InputPoint* point : {&from, &to}) {
      if (point->offset.has_value() && !point->time.empty()) {
        return Stop(StopReason::kConfig, "an offset or a time, not both");
      }
    }
    for (const auto& [flag, time] :
         {std::pair("from_time", from.time), std::pair("to_time", to.time)}) {
      if (time.empty()) continue;
      const auto parsed = TimeOfFlag(flag, time);
      if (!parsed.ok()) return parsed.status();
    }
    const absl::Status step = session.RequireStep();
    if (!step.ok()) return step;
    auto of = OpenReplay(session);
    if (!of.ok()) return of.status();
    return std::make_unique<OfTimes>(from, to, *std::move(of));
  }

  DiffTitles Titles() const override {
    const std::string topic =
        absl::StrCat("application ", of_->pipeline.identity.application_id);
    return {topic + PointText(from_), topic + PointText(to_)};
  }
  const std::vector<Partition>& partitions() const override {
    return of_->partitions;
  }
  absl::StatusOr<std::pair<DiffSides, DiffSides>> Read(
      absl::Span<const Partition> some, const ScanOptions& options) override {
    auto left = At("from_time", from_, some, options);
    if (!left.ok()) return left.status();
    auto right = to_.given() ? At("to_time", to_, some, options)
                             : SidesNow(of_->results.get(), some, options);
    if (!right.ok()) return right.status();
    return std::make_pair(*std::move(left), *std::move(right));
  }

 private:
  absl::StatusOr<DiffSides> At(absl::string_view flag, const InputPoint& point,
                               absl::Span<const Partition> some,
                               const ScanOptions& options) {
    std::map<Partition, AskedOffset> asked;
    if (point.offset.has_value()) {
      for (const Partition partition : some) {
        asked[partition].at = *point.offset;
      }
    } else {
      const auto time = TimeOfFlag(flag, point.time);
      if (!time.ok()) return time.status();
      auto offsets = OffsetsAtTime(of_->input.get(), some, *time, options);
      if (!offsets.ok()) return offsets.status();
      asked = *std::move(offsets);
    }
    return SidesAt(of_->source,
                   {of_->results.get(), of_->input.get(), of_->input_compacted},
                   asked, options);
  }

  const InputPoint from_, to_;
  const std::unique_ptr<ReplayOf> of_;
};

class OfTopics final : public Comparison {
 public:
  static absl::StatusOr<std::unique_ptr<Comparison>> Open(
      Session& session, const std::string& other) {
    auto of = std::make_unique<OfTopics>();
    auto left = session.OpenResults();
    if (!left.ok()) return left.status();
    auto right = session.OpenTopic(other, Isolation::kCommitted);
    if (!right.ok()) return right.status();
    const auto options = session.RequireOptions();
    if (!options.ok()) return options.status();
    const auto count = (*left)->PartitionCount();
    if (!count.ok()) return count.status();
    const auto other_count = (*right)->PartitionCount();
    if (!other_count.ok()) return other_count.status();
    if (*count != *other_count) {
      return Stop(
          StopReason::kConfig,
          absl::StrCat(
              "topic \"", options->results_topic, "\" has ", *count,
              " partitions, \"", other, "\" ", *other_count,
              ": they are compared partition by partition, and cannot be"));
    }
    auto partitions = session.Partitions(left->get());
    if (!partitions.ok()) return partitions.status();
    of->titles_ = {absl::StrCat("topic ", options->results_topic, ", now"),
                   absl::StrCat("topic ", other, ", now")};
    of->partitions_ = *std::move(partitions);
    of->left_ = *std::move(left);
    of->right_ = *std::move(right);
    return std::unique_ptr<Comparison>(std::move(of));
  }

  DiffTitles Titles() const override { return titles_; }
  const std::vector<Partition>& partitions() const override {
    return partitions_;
  }
  absl::StatusOr<std::pair<DiffSides, DiffSides>> Read(
      absl::Span<const Partition> some, const ScanOptions& options) override {
    auto left = SidesNow(left_.get(), some, options);
    if (!left.ok()) return left.status();
    auto right = SidesNow(right_.get(), some, options);
    if (!right.ok()) return right.status();
    return std::make_pair(*std::move(left), *std::move(right));
  }

 private:
  DiffTitles titles_;
  std::vector<Partition> partitions_;
  std::unique_ptr<TopicReader> left_, right_;
};

class OfConfigs final : public Comparison {
 public:
  OfConfigs(std::unique_ptr<ReplayOf> of, const Settings& other,
            Reading reading)
      : of_(std::move(of)),
        other_(other, std::move(reading),
               of_->pipeline.identity.input_partitions) {}

  static absl::StatusOr<std::unique_ptr<Comparison>> Open(
      Session& session, const std::string& path, const std::string& text) {
    ConfigArgs args;
    args.path = path;
    args.with_kafka = false;
    if (!text.empty()) args.overrides.push_back(text);
    const auto other =
        path.empty() ? session.SettingsWith(text) : LoadSettings(args);
    if (!other.ok()) return Stop(StopReason::kConfig, other.status());
    const absl::Status step = session.RequireStep();
    if (!step.ok()) return step;
    auto of = OpenReplay(session);
    if (!of.ok()) return of.status();
    const std::string& input = (*of)->pipeline.identity.input_topic;
    if (other->input_topic != input) {
      return Stop(StopReason::kConfig,
                  absl::StrCat("the other configuration reads topic \"",
                               other->input_topic, "\", not \"", input,
                               "\": a shadow run is over the same input"));
    }
    return std::make_unique<OfConfigs>(*std::move(of), *other,
                                       session.ReadingOf(*other));
  }

  DiffTitles Titles() const override {
    return {absl::StrCat("application ", of_->pipeline.identity.application_id,
                         ", now"),
            "the same input under the other configuration"};
  }
  const std::vector<Partition>& partitions() const override {
    return of_->partitions;
  }
  absl::StatusOr<std::pair<DiffSides, DiffSides>> Read(
      absl::Span<const Partition> some, const ScanOptions& options) override {
    auto left = SidesNow(of_->results.get(), some, options);
    if (!left.ok()) return left.status();
    auto right = SidesOfShadow(
        of_->source, other_.source,
        {of_->results.get(), of_->input.get(), of_->input_compacted}, *left,
        options);
    if (!right.ok()) return right.status();
    return std::make_pair(*std::move(left), *std::move(right));
  }

 private:
  const std::unique_ptr<ReplayOf> of_;
  const ReplayOf other_;  // its source alone
};

}  // namespace

absl::StatusOr<std::unique_ptr<Comparison>> CompareTimes(Session& session,
                                                         const InputPoint& from,
                                                         const InputPoint& to) {
  return OfTimes::Open(session, from, to);
}

absl::StatusOr<std::unique_ptr<Comparison>> CompareTopics(
    Session& session, const std::string& other) {
  return OfTopics::Open(session, other);
}

absl::StatusOr<std::unique_ptr<Comparison>> CompareConfigs(
    Session& session, const std::string& path, const std::string& text) {
  return OfConfigs::Open(session, path, text);
}

}  // namespace exactmean

// The questions of a check, and what is made of the answers.

#include "processor/program/cluster_check.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "processor/clock.h"
#include "processor/config/kafka_options.h"
#include "processor/kafka/transactional_id.h"
#include "processor/program/kafka_tool.h"
#include "processor/retry.h"
#include "processor/stop.h"
#include "state/counts.h"

namespace exactmean {
namespace {

// Of one request. The first question about a group waits while a new cluster
// makes its __consumer_offsets.
constexpr absl::Duration kTimeout = absl::Seconds(15);

// A broker that has just started, or lost its place to another, is asked again:
// it may not know yet what it is to answer for.
template <typename Question>
auto Ask(absl::Duration patience, Question question) -> decltype(question()) {
  MonotonicClock clock;
  return AskWhileUnavailable(&clock, patience, question);
}

Problem NotThere(const std::string& topic, const std::string& mend) {
  return {absl::StrCat("topic \"", topic, "\" does not exist"), mend};
}

}  // namespace

std::string CreateTopicsCommand(const StepSpec& step) {
  return absl::StrCat(
      step.name.empty() ? "exactmean" : "the program with your step,",
      " --config=FILE --create_topics");
}

void ClusterCheck::Add(const absl::Status& error, const Resource& resource,
                       const std::vector<Operation>& needed) {
  unreachable_ |= absl::IsUnavailable(error);
  problems_.push_back(
      absl::IsPermissionDenied(error)
          ? Denial(settings_.bootstrap_servers, resource, needed)
          : Problem{std::string(error.message()), ""});
}

void ClusterCheck::AddMissing(const Resource& resource,
                              const std::vector<Operation>& needed,
                              const AllowedOperations& allowed) {
  access_known_ &= allowed.has_value();
  const std::vector<Operation> missing = MissingOf(needed, allowed);
  if (missing.empty()) return;
  problems_.push_back(Denial(settings_.bootstrap_servers, resource, missing));
}

void ClusterCheck::CheckForRun() {
  CheckInput({Operation::kRead});
  CheckResults(
      {Operation::kRead, Operation::kWrite, Operation::kDescribeConfigs});
  CheckUpdates({Operation::kWrite});
  CheckDeadLetters({Operation::kWrite, Operation::kDescribeConfigs});
  CheckRetryTopics(
      {Operation::kRead, Operation::kWrite, Operation::kDescribeConfigs});
  CheckGroup();
}

void ClusterCheck::CheckInput(const std::vector<Operation>& needed) {
  const Resource input = {ResourceKind::kTopic, settings_.input_topic};
  const auto found = Ask(settings_.unreachable_deadline, [&] {
    return admin_->DescribeTopic(input.name, kTimeout);
  });
  if (absl::IsNotFound(found.status())) {
    problems_.push_back(NotThere(
        input.name,
        "it is the input: check input.topic for a slip, or create the topic"));
    return;
  }
  if (!found.ok()) return Add(found.status(), input, needed);
  partitions_ = found->partitions;
  AddMissing(input, needed, found->allowed);
}

bool ClusterCheck::CheckOutput(const std::string& kind,
                               const std::string& topic,
                               const std::vector<Operation>& needed) {
  const Resource output = {ResourceKind::kTopic, topic};
  const auto found = Ask(settings_.unreachable_deadline, [&] {
    return admin_->DescribeTopic(topic, kTimeout);
  });
  if (absl::IsNotFound(found.status())) {
    problems_.push_back(NotThere(topic, CreateTopicsCommand(settings_.step)));
    return false;
  }
  if (!found.ok()) {
    Add(found.status(), output, needed);
    return false;
  }
  AddMissing(output, needed, found->allowed);
  if (partitions_ != 0 && found->partitions != partitions_) {
    problems_.push_back(
        {absl::StrCat(
             kind, " topic \"", topic, "\" has ",
             Plural(static_cast<uint64_t>(found->partitions), "partition"),
             ", the input ", partitions_, ": they must be equal"),
         absl::StrCat("delete it if it holds nothing yet, and run ",
                      CreateTopicsCommand(settings_.step))});
  }
  return MissingOf({Operation::kDescribeConfigs}, found->allowed).empty();
}

void ClusterCheck::CheckConfigs(const std::string& kind,
                                const std::string& topic,
                                absl::Span<const Requirement> required) {
  const auto configs = Ask(settings_.unreachable_deadline, [&] {
    return admin_->TopicConfigs(topic, kTimeout);
  });
  if (!configs.ok()) {
    return Add(configs.status(), {ResourceKind::kTopic, topic},
               {Operation::kDescribeConfigs});
  }
  for (const Requirement& one : required) {
    const auto is = configs->find(std::string(one.name));
    if (is == configs->end() && !one.must_be_told) continue;
    const std::string value = is == configs->end() ? "?" : is->second;
    if (value == one.value) continue;
    problems_.push_back(
        {absl::StrCat(kind, " topic \"", topic, "\" has ", one.name, "=", value,
                      ", so ", one.otherwise),
         AlterCommand(settings_.bootstrap_servers, topic,
                      absl::StrCat(one.name, "=", one.value))});
  }
}

void ClusterCheck::CheckResults(const std::vector<Operation>& needed) {
  const std::string& topic = settings_.results_topic;
  if (!CheckOutput("results", topic, needed)) return;
  CheckConfigs("results", topic,
               {{"cleanup.policy", "compact", "Kafka may delete state",
                 /*must_be_told=*/true}});
}

void ClusterCheck::CheckUpdates(const std::vector<Operation>& needed) {
  if (settings_.updates_topic.empty()) return;
  CheckOutput("updates", settings_.updates_topic, needed);
}

void ClusterCheck::CheckDeadLetters(const std::vector<Operation>& needed) {
  if (!WritesDeadLetters(settings_)) return;
  CheckDiverted("dead-letter", settings_.dead_letter_topic, needed);
}

void ClusterCheck::CheckRetryTopics(const std::vector<Operation>& needed) {
  for (const RetryPolicy::Topic& topic : settings_.retry.topics) {
    CheckDiverted("retry", topic.name, needed);
  }
}

// Of a topic that takes records as they were in the input.
void ClusterCheck::CheckDiverted(const std::string& kind,
                                 const std::string& topic,
                                 const std::vector<Operation>& needed) {
  if (!CheckOutput(kind, topic, needed)) return;
  CheckConfigs(kind, topic,
               {{"cleanup.policy", "delete",
                 "a record without a key would be refused there, and an older "
                 "one of the same key removed"},
                {"message.timestamp.type", "CreateTime",
                 "records would not keep their timestamps there"},
                {"message.timestamp.before.max.ms", kAnyTime,
                 "records with an older timestamp would be refused there"},
                {"message.timestamp.after.max.ms", kAnyTime,
                 "records with a timestamp further ahead of the broker's clock "
                 "would be refused there"}});
}

void ClusterCheck::CheckGroup() {
  const Resource group = {ResourceKind::kGroup, settings_.application_id};
  const auto allowed = Ask(settings_.unreachable_deadline, [&] {
    return admin_->GroupOperations(group.name, kTimeout);
  });
  if (!allowed.ok()) return Add(allowed.status(), group, {Operation::kRead});
  AddMissing(group, {Operation::kRead}, *allowed);
}

void ClusterCheck::CheckTransactionalIds() {
  if (!settings_.delivery.transactional()) return;
  // A worker's id ends with a number.
  const absl::Status allowed =
      CheckTransactionalId(KafkaOptionsOf(settings_, "check"), kTimeout);
  if (allowed.ok()) return;
  Add(allowed,
      {ResourceKind::kTransactionalIdPrefix,
       absl::StrCat(settings_.application_id, "/")},
      {Operation::kWrite});
}

absl::Status ClusterCheck::Result() const {
  if (problems_.empty()) return absl::OkStatus();
  return Stop(unreachable_ ? StopReason::kUnreachable : StopReason::kConfig,
              absl::StrJoin(problems_, "\n",
                            [](std::string* out, const Problem& problem) {
                              absl::StrAppend(out, ToString(problem));
                            }));
}

}  // namespace exactmean

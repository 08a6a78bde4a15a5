// exactmean-inspect doctor.

#include <memory>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/program/cluster_check.h"
#include "processor/stop.h"
#include "tools/inspect/cluster/diagnosis.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/gather_status.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"

namespace exactmean {
namespace {

// Clocks of different machines differ by less.
constexpr absl::Duration kAhead = absl::Minutes(5);

class Doctor {
 public:
  explicit Doctor(Session& session)
      : session_(session), patience_(absl::GetFlag(FLAGS_patience)) {}

  absl::StatusOr<std::vector<Finding>> Examine() {
    const auto options = session_.RequireOptions();
    if (!options.ok()) return options.status();
    const auto admin = session_.Admin();
    if (!admin.ok()) return admin.status();
    admin_ = *admin;
    const absl::Time start = session_.clock()->Now();
    absl::Status status = GatherStatus(session_, &facts_.status, [&] {
      facts_.read_took = session_.clock()->Now() - start;
    });
    // What is not there, or may not be seen, is a finding like others.
    if (absl::IsNotFound(status) || absl::IsPermissionDenied(status)) {
      status = WithoutResults(*options, status);
    }
    if (!status.ok()) return status;
    Identify(*options);
    facts_.unseen.insert(facts_.unseen.end(), facts_.status.unseen.begin(),
                         facts_.status.unseen.end());
    facts_.checked = !settings_.input_topic.empty();
    if (facts_.checked) CheckAccess();
    AskTopic(settings_.input_topic, &facts_.input);
    AskTopic(settings_.results_topic, &facts_.results);
    AskOthers();
    AskBrokers();
    status = AskInput();
    if (!status.ok()) return status;
    return Diagnose(facts_);
  }

 private:
  // With a configuration the rest can be looked at.
  absl::Status WithoutResults(const KafkaOptions& options,
                              const absl::Status& why) {
    if (session_.settings() == nullptr) {
      return absl::Status(
          why.code(), absl::StrCat(why.message(),
                                   "; give --config to examine what there is"));
    }
    facts_.status.bootstrap_servers = options.bootstrap_servers;
    facts_.status.results_topic = options.results_topic;
    facts_.status.now = absl::Now();
    facts_.status.partitions.clear();  // half of it may be there
    return absl::OkStatus();
  }

  // Without a configuration: whose state it is, a checkpoint says.
  void Identify(const KafkaOptions& options) {
    if (session_.settings() != nullptr) {
      settings_ = *session_.settings();
      facts_.fingerprint = FingerprintOf(settings_.state);
      int64_t bytes = 0;
      const auto most = settings_.properties.find("message.max.bytes");
      if (most != settings_.properties.end() &&
          absl::SimpleAtoi(most->second, &bytes)) {
        facts_.client_max_bytes = bytes;
      }
      return;
    }
    settings_.bootstrap_servers = options.bootstrap_servers;
    settings_.results_topic = options.results_topic;
    settings_.application_id = facts_.status.application_id;
    settings_.input_topic = facts_.status.input_topic;
    settings_.instance_id = "doctor";
    settings_.properties = options.properties;
  }

  void CheckAccess() {
    settings_.unreachable_deadline = absl::GetFlag(FLAGS_patience);
    ClusterCheck check(admin_, settings_);
    check.CheckForRun();
    check.CheckTransactionalIds();
    facts_.access_known = check.access_known();
    facts_.refused = check.problems();
  }

  void AskTopic(const std::string& name, TopicFacts* topic) {
    topic->name = name;
    if (name.empty()) return;
    const auto described = admin_->DescribeTopic(name, patience_);
    if (absl::IsNotFound(described.status())) return;  // the check has said so
    if (described.ok()) {
      topic->description = *described;
    } else {
      facts_.unseen.emplace_back(described.status().message());
    }
    auto configs = admin_->TopicConfigs(name, patience_);
    if (configs.ok()) {
      topic->configs = *std::move(configs);
    } else {
      facts_.unseen.emplace_back(configs.status().message());
    }
  }

  // Kafka's own topics, of those that are used, and those of the configuration
  // that take what is not folded in.
  void AskOthers() {
    if (settings_.delivery.transactional()) {
      AskTopic("__transaction_state", &facts_.of_kafka.emplace_back());
    }
    AskTopic("__consumer_offsets", &facts_.of_kafka.emplace_back());
    for (const RetryPolicy::Topic& topic : settings_.retry.topics) {
      facts_.diverted.push_back({{}, topic.delay});
      AskTopic(topic.name, &facts_.diverted.back().topic);
    }
    if (WritesDeadLetters(settings_)) {
      AskTopic(settings_.dead_letter_topic,
               &facts_.diverted.emplace_back().topic);
    }
  }

  void AskBrokers() {
    const auto brokers = admin_->Brokers(patience_);
    if (!brokers.ok() || brokers->empty()) {
      facts_.unseen.emplace_back(brokers.status().message());
      return;
    }
    facts_.brokers = *brokers;
    for (const int32_t broker : *brokers) {
      const auto configs = admin_->BrokerConfigs(broker, patience_);
      if (configs.ok()) {
        TakeTightest(*configs, &facts_.broker);
      } else {
        facts_.unseen.emplace_back(configs.status().message());
      }
    }
  }

  // What may not be read was said by GatherStatus.
  absl::Status AskInput() {
    std::vector<Stretch> waiting;
    for (const PartitionStatus& at : facts_.status.partitions) {
      if (!at.input.has_value()) continue;
      facts_.input_partitions.push_back({at.partition, {}, {}});
      if (at.checkpoint.has_value() && at.lag.value_or(0) > 0) {
        const Offset next(at.checkpoint->next_offset());
        waiting.push_back(
            {at.partition, std::max(next, at.input->low),
             std::min(*at.input_stable, Offset(next.value() + 1000))});
      }
    }
    if (facts_.input_partitions.empty()) return absl::OkStatus();
    const auto input =
        session_.OpenTopic(settings_.input_topic, Isolation::kCommitted);
    if (!input.ok()) return input.status();
    std::map<Partition, absl::Time> oldest;
    const auto ends =
        Scan(input->get(), waiting, ScanOptionsOf(session_),
             [&](const LogRecord& record) {
               oldest.emplace(record.partition,
                              absl::FromUnixMillis(record.timestamp_ms));
               return absl::OkStatus();
             });
    if (!ends.ok()) return ends.status();
    for (InputPartitionFacts& facts : facts_.input_partitions) {
      const auto found = oldest.find(facts.partition);
      if (found != oldest.end()) facts.oldest_waiting = found->second;
      const auto ahead =
          (*input)->FindTime(facts.partition, absl::Now() + kAhead);
      if (!ahead.ok()) return ahead.status();
      facts.ahead = *ahead;
    }
    return absl::OkStatus();
  }

  Session& session_;
  const absl::Duration patience_;
  KafkaAdmin* admin_ = nullptr;
  Settings settings_;
  ClusterFacts facts_;
};

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto findings = Doctor(session).Examine();
  if (!findings.ok()) return findings.status();
  // Else what was not asked any more would be findings.
  if (*session.stop()) return absl::CancelledError("interrupted");
  session.out() << (session.json()
                        ? FindingsJson(*findings)
                        : FindingsText(*findings, session.terminal()));
  if (!AnyFails(*findings)) return absl::OkStatus();
  return Stop(StopReason::kNotWell, "something must be mended: see FAIL");
}

constexpr char kDescription[] =
    R"(Looks at topics, brokers, group and state, and writes nothing. Each finding is
OK, WARN (it works, and may not tomorrow) or FAIL (a start refuses, or fails),
with why it matters and the command that mends it.

  check         all that a start checks: topics, partitions, cleanup.policy,
                what this user is allowed; under a transactional id that no
                processor has, so that none is fenced
  replication, in-sync, min.insync.replicas, unclean.leader.election.enable
                of input and results, and of __transaction_state and
                __consumer_offsets, on which every commit rests: three
                copies where there are three brokers
  retry topic, dead letters
                does cleanup.policy or retention.ms take records there before
                they are tried again, or redriven?
  compaction    records in the results topic for each live key, and the
                settings that keep the log from being compacted
  restore       how long reading the results topic took now, all partitions
  delete.retention.ms, max.message.bytes, transaction.max.timeout.ms,
  transactional.id.expiration.ms, offsets.retention.minutes
                limits, against what the application needs; of brokers that
                differ, the smallest
  state         what `status` would call not well; OK says what was proven.
                Whose an open transaction is, a consumer cannot ask: the
                command of Kafka's own tool that tells is printed
  configuration is the state of the configuration given?
  group         does another program use the group?
  input         is it compacted? OK says that nothing is wrong with the next
                three, WARN also what was not seen of them
  retention     is a record about to be deleted that waits to be folded in?
                By its age; under retention.bytes, when is not known
  clock         is an input record's timestamp ahead of this clock?
  replay        is the input still there that verify and rewind fold again?
  unseen        what could not be asked, and why

It cannot tell whether brokers' clocks agree, nor see another machine's
network.

JSON, an object a finding: grade, check, what, why, mend.
Exit code 0: OK and WARN alone; 11: something FAILs.
)";

}  // namespace

Command DoctorCommand() {
  Command command;
  command.name = "doctor";
  command.summary = "Looks for what is wrong with cluster and topics";
  command.description = kDescription;
  command.examples = {"doctor --config=prices.textproto",
                      "doctor --config=prices.textproto --output=json"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean

// Properties by kind of client, and those that are not the user's.

#include "processor/kafka/properties.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace exactmean {
namespace {

struct Reserved {
  absl::string_view name;
  absl::string_view reason;
};

constexpr absl::string_view kOwnOffsets =
    "delivery.mode and delivery.commits say how offsets are committed";
constexpr absl::string_view kNoDuplicates =
    "without it a record could be written twice or lost";
constexpr absl::string_view kProtocol =
    "an older protocol would not fence a process that lost its partitions";
constexpr absl::string_view kAddress = "set kafka.bootstrap_servers instead";
constexpr absl::string_view kOffsetReset =
    "an offset that is not in the log stops the process, never skips; where "
    "reading starts at first is input.start";

constexpr Reserved kReserved[] = {
    {"bootstrap.servers", kAddress},
    {"metadata.broker.list", kAddress},
    {"group.id", "it is the application_id"},
    {"group.instance.id", "it is the --instance_id; see group.membership"},
    {"group.protocol",
     "a commit is fenced by the generation of the classic protocol"},
    {"group.protocol.type",
     "a commit is fenced by the generation of the classic protocol"},
    {"group.remote.assignor", "set group.assignor instead"},
    {"partition.assignment.strategy", "set group.assignor instead"},
    {"session.timeout.ms", "set group.session_timeout instead"},
    {"heartbeat.interval.ms", "it follows group.session_timeout"},
    {"enable.auto.commit", kOwnOffsets},
    {"auto.commit.enable", kOwnOffsets},
    {"auto.commit.interval.ms", kOwnOffsets},
    {"enable.auto.offset.store", kOwnOffsets},
    {"offset.store.method", kOwnOffsets},
    {"auto.offset.reset", kOffsetReset},
    {"isolation.level", "records of aborted transactions must not be read"},
    {"enable.partition.eof", "a restore finds its end by it"},
    {"check.crcs", "corrupt records must not be folded in"},
    {"allow.auto.create.topics",
     "a mistyped topic must be an error, not a new topic"},
    {"transactional.id",
     "it is made of the application_id and the --instance_id"},
    {"transaction.timeout.ms", "set commit.transaction_timeout instead"},
    {"message.timeout.ms", "it follows commit.transaction_timeout"},
    {"delivery.timeout.ms", "it follows commit.transaction_timeout"},
    {"enable.idempotence", kNoDuplicates},
    {"enable.gapless.guarantee", kNoDuplicates},
    {"acks", kNoDuplicates},
    {"request.required.acks", kNoDuplicates},
    {"queuing.strategy", "records of a key must stay in order"},
    {"delivery.report.only.error", "failed deliveries must be noticed"},
    {"api.version.request", kProtocol},
    {"api.version.fallback.ms", kProtocol},
    {"broker.version.fallback", kProtocol},
    {"plugin.library.paths", "foreign code could change what is read"},
    {"log.queue", "the client's log would be lost"},
    {"enabled_events", "errors would not be noticed"},
    {"internal.termination.signal", "signals are the process's own"},
};

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

bool IsConsumer(ClientKind kind) {
  return kind != ClientKind::kProducer && kind != ClientKind::kAdmin;
}

// Of partitions that it was told, not of those that a group gave it.
bool IsReader(ClientKind kind) {
  return kind == ClientKind::kReader ||
         kind == ClientKind::kUncommittedReader ||
         kind == ClientKind::kPointReader;
}

// A request that is not answered has failed after this; for a producer it must
// not be longer than its transaction.
absl::Duration RequestTimeout(const KafkaOptions& options, ClientKind kind) {
  const absl::Duration longest = absl::Seconds(10);
  if (kind != ClientKind::kProducer) return longest;
  return std::min(longest, options.transaction_timeout);
}

Properties CommonTuning(const KafkaOptions& options, ClientKind kind) {
  return {
      {"client.id", options.instance_id.empty() ? options.application_id
                                                : options.instance_id},
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"socket.timeout.ms", Milliseconds(RequestTimeout(options, kind))},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      // A new transaction waits so long for the markers of the last one.
      {"retry.backoff.ms", "10"},
      {"retry.backoff.max.ms", "100"},
      {"enable.metrics.push", "false"},
  };
}

void Add(const Properties& more, Properties* properties) {
  for (const auto& [name, value] : more) (*properties)[name] = value;
}

void TuneGroupMember(const KafkaOptions& options, Properties* properties) {
  Add(
      {
          // With a short backoff the queue need not hold a second's records.
          {"fetch.queue.backoff.ms", "2"},
          {"queued.min.messages", "100000"},
          {"queued.max.messages.kbytes", "65536"},
          // A partition that is resumed waits for the fetch under way.
          {"fetch.wait.max.ms", "100"},
          {"fetch.error.backoff.ms", "50"},
          {"heartbeat.interval.ms",
           Milliseconds(
               std::min(absl::Seconds(1), options.session_timeout / 5))},
          {"max.poll.interval.ms",
           Milliseconds(
               std::max(absl::Minutes(2), options.session_timeout * 2))},
      },
      properties);
}

void TuneReader(ClientKind kind, Properties* properties) {
  Add(
      {
          {"fetch.queue.backoff.ms", "2"},
          {"fetch.error.backoff.ms", "50"},
          // The end of a partition is known after a fetch that waited so long.
          {"fetch.wait.max.ms", "20"},
      },
      properties);
  if (kind != ClientKind::kPointReader) {
    Add({{"fetch.message.max.bytes", "2097152"},
         {"queued.min.messages", "30000"},
         {"queued.max.messages.kbytes", "32768"}},
        properties);
  } else {
    Add({{"fetch.message.max.bytes", "65536"}, {"queued.min.messages", "1"}},
        properties);
  }
}

void TuneProducer(const KafkaOptions& options, Properties* properties) {
  if (!options.dead_letter_topic.empty()) {
    (*properties)["message.max.bytes"] = absl::StrCat(kMaxDeadLetterBytes);
  }
  Add(
      {
          // Commits flush. Older records that wait make its thread spin.
          {"linger.ms", "500"},
          {"batch.num.messages", "1000000"},
          {"queue.buffering.max.messages", "1000000"},
          {"queue.buffering.max.kbytes", "1048576"},
          {"max.in.flight.requests.per.connection", "5"},
      },
      properties);
}

void GuaranteeConsumer(ClientKind kind, Properties* properties) {
  const bool all =
      kind == ClientKind::kWatermarks || kind == ClientKind::kUncommittedReader;
  Add(
      {
          {"isolation.level", all ? "read_uncommitted" : "read_committed"},
          {"enable.auto.commit", "false"},
          {"enable.auto.offset.store", "false"},
          {"auto.offset.reset", "error"},
          {"allow.auto.create.topics", "false"},
          {"enable.partition.eof", IsReader(kind) ? "true" : "false"},
          {"check.crcs", "true"},
      },
      properties);
}

void GuaranteeGroupMember(const KafkaOptions& options, Properties* properties) {
  Add(
      {
          {"group.protocol", "classic"},
          {"partition.assignment.strategy",
           options.assignor == Assignor::kCooperativeSticky
               ? "cooperative-sticky"
               : "range"},
          {"session.timeout.ms", Milliseconds(options.session_timeout)},
      },
      properties);
  if (options.auto_commit_interval > absl::ZeroDuration()) {
    Add({{"enable.auto.commit", "true"},
         {"auto.commit.interval.ms",
          Milliseconds(options.auto_commit_interval)}},
        properties);
  }
  if (options.static_membership) {
    (*properties)["group.instance.id"] = options.instance_id;
  }
}

void GuaranteeProducer(const KafkaOptions& options, Properties* properties) {
  if (options.transactional) {
    Add({{"transactional.id", options.transactional_id},
         {"transaction.timeout.ms", Milliseconds(options.transaction_timeout)}},
        properties);
  }
  Add(
      {
          {"message.timeout.ms", Milliseconds(options.transaction_timeout)},
          {"enable.idempotence", "true"},
          {"acks", "all"},
          {"delivery.report.only.error", "true"},
      },
      properties);
}

}  // namespace

absl::Status CheckUserProperties(const Properties& properties) {
  for (const auto& [name, value] : properties) {
    absl::string_view reason;
    if (absl::StartsWith(name, "test.mock.")) reason = "it is no real Kafka";
    for (const Reserved& reserved : kReserved) {
      if (name == reserved.name) reason = reserved.reason;
    }
    if (reason.empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the librdkafka property \"", name, "\" cannot be set: ", reason));
  }
  return absl::OkStatus();
}

Properties ClientProperties(const KafkaOptions& options, ClientKind kind) {
  Properties properties = CommonTuning(options, kind);
  if (kind == ClientKind::kGroupMember) TuneGroupMember(options, &properties);
  if (IsReader(kind)) {
    TuneReader(kind, &properties);
  }
  if (kind == ClientKind::kProducer) TuneProducer(options, &properties);

  Add(options.properties, &properties);

  properties["bootstrap.servers"] = options.bootstrap_servers;
  if (IsConsumer(kind)) {
    // Those that only assign need a group's name, and never join it.
    properties["group.id"] = options.application_id;
    GuaranteeConsumer(kind, &properties);
  }
  if (kind == ClientKind::kGroupMember) {
    GuaranteeGroupMember(options, &properties);
  }
  if (kind == ClientKind::kProducer) GuaranteeProducer(options, &properties);
  return properties;
}

}  // namespace exactmean

// Trial.

#include "tests/selftest/trial.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "processor/config/config_text.h"
#include "processor/config/kafka_options.h"
#include "processor/config/load_config.h"
#include "processor/kafka/input_log.h"
#include "processor/kafka/topic_reader.h"
#include "processor/kafka/transaction.h"
#include "processor/retry.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
// Of the writer's transactions.
constexpr int kMostRecords = 50;
// How often it writes while it waits for something else.
constexpr absl::Duration kPause = absl::Milliseconds(30);

// The session is as short as brokers allow by default.
constexpr char kPace[] = R"(
  commit { interval: "50ms" transaction_timeout: "10s" }
  group { session_timeout: "6s" }
)";

std::string ConfigPath(const TrialOptions& options) {
  return absl::StrCat(options.directory, "/", options.name, ".textproto");
}

// Readable by the owner alone: it may hold passwords.
absl::Status WriteConfig(const TrialOptions& options) {
  config::Config config;
  absl::Status status = MergeConfigText(
      "windows",
      PipelineConfig(options.name, options.name + "-in", options.name + "-out"),
      &config);
  if (status.ok()) status = MergeConfigText("pace", kPace, &config);
  if (!status.ok()) return status;
  *config.mutable_kafka() = options.kafka;
  std::string text;
  google::protobuf::TextFormat::PrintToString(config, &text);
  const mode_t before = umask(077);
  std::ofstream file(ConfigPath(options));
  umask(before);
  file << text << std::flush;
  if (file.good()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot write ", ConfigPath(options)));
}

TrialRecord Keep(const LogRecord& record) {
  TrialRecord kept;
  kept.partition = record.partition;
  kept.offset = record.offset;
  kept.timestamp_ms = record.timestamp_ms;
  if (record.key) kept.key = std::string(*record.key);
  if (record.value) kept.value = std::string(*record.value);
  return kept;
}

}  // namespace

Trial::Trial(TrialOptions options, Settings settings)
    : options_(std::move(options)),
      settings_(std::move(settings)),
      pipeline_(settings_.state, {settings_.application_id,
                                  settings_.input_topic, options_.partitions}),
      random_(options_.seed) {}

absl::StatusOr<std::unique_ptr<Trial>> Trial::Create(TrialOptions options) {
  const absl::Status written = WriteConfig(options);
  if (!written.ok()) return written;
  ConfigArgs args;
  args.path = ConfigPath(options);
  args.instance_id = "selftest";
  const auto settings = LoadSettings(args);
  if (!settings.ok()) return settings.status();
  std::unique_ptr<Trial> trial(new Trial(std::move(options), *settings));
  const KafkaOptions kafka = KafkaOptionsOf(*settings, "trial");
  auto admin = KafkaAdmin::Create(kafka);
  if (!admin.ok()) return admin.status();
  trial->admin_ = *std::move(admin);
  auto group = KafkaInputLog::Create(kafka);
  if (!group.ok()) return group.status();
  trial->group_ = *std::move(group);
  return trial;
}

absl::Status Trial::SetUp() {
  NewTopic topic;
  topic.partitions = options_.partitions;
  topic.replication_factor = options_.replication_factor;
  topic.name = settings_.input_topic;
  absl::Status status = admin_->CreateTopic(topic, kPatience);
  if (!status.ok()) return status;
  topic.name = settings_.results_topic;
  // Kept whole for the verdict: each state that a reader could see.
  topic.configs = {{"cleanup.policy", "compact"},
                   {"min.compaction.lag.ms", "86400000"}};
  status = admin_->CreateTopic(topic, kPatience);
  if (!status.ok()) return status;
  // The writer of the input: the product's producer, pointed at the input.
  KafkaOptions kafka = KafkaOptionsOf(settings_, "writer");
  kafka.results_topic = settings_.input_topic;
  auto writer = KafkaTransaction::Create(kafka);
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  return RetryUnavailable(&clock_, kPatience,
                          [this] { return writer_->Open(kPatience); });
}

absl::Status Trial::CleanUp() {
  writer_.reset();
  group_.reset();
  absl::Status status;
  for (const std::string& topic :
       {settings_.input_topic, settings_.results_topic}) {
    const absl::Status deleted = admin_->DeleteTopic(topic, kPatience);
    if (!absl::IsNotFound(deleted)) status.Update(deleted);
  }
  // The places of static members stay until their sessions run out.
  const absl::Time deadline = clock_.Now() + 3 * settings_.session_timeout;
  absl::Status group;
  do {
    group = admin_->DeleteGroup(settings_.application_id, kPatience);
    if (group.ok() || absl::IsNotFound(group)) return status;
    clock_.Sleep(absl::Milliseconds(200));
  } while (clock_.Now() < deadline);
  status.Update(group);
  return status;
}

absl::Status Trial::Write(int n) {
  while (n > 0) {
    const int size =
        std::min(n, 1 + static_cast<int>(random_() % kMostRecords));
    const bool abort = random_() % 10 == 0;
    absl::Status status = writer_->Begin();
    for (int i = 0; i < size && status.ok(); ++i) {
      const Record record =
          RandomRecord(&random_, options_.partitions, options_.keys);
      status =
          writer_->Write(Destination::kResults, record.partition, *record.key,
                         absl::optional<absl::string_view>(record.value));
    }
    if (status.ok()) {
      status = RetryUnavailable(&clock_, kPatience, [&] {
        return abort ? writer_->Abort() : writer_->Commit();
      });
    }
    if (!status.ok()) {
      return absl::Status(status.code(),
                          absl::StrCat("writing input: ", status.message()));
    }
    written_ += size;
    if (abort) aborted_ += size;
    n -= size;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RunningInstance>> Trial::Start(
    const std::string& instance_id, const absl::optional<Strike>& strike) {
  std::vector<std::string> flags;
  if (strike.has_value()) {
    flags.push_back(absl::StrCat("--strike=", strike->ToString()));
  }
  return RunningInstance::Start(options_.processor, ConfigPath(options_),
                                settings_.bootstrap_servers, instance_id,
                                absl::StrCat(options_.directory, "/", ++starts_,
                                             "-", instance_id, ".log"),
                                flags);
}

absl::Status Trial::WriteUntil(absl::FunctionRef<absl::StatusOr<bool>()> done,
                               absl::Duration patience,
                               absl::string_view what) {
  const absl::Time deadline = clock_.Now() + patience;
  while (true) {
    const absl::StatusOr<bool> is_done = done();
    if (!is_done.ok()) return is_done.status();
    if (*is_done) return absl::OkStatus();
    if (interrupted()) return absl::CancelledError("interrupted");
    if (clock_.Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat(what, ": not within ", absl::FormatDuration(patience)));
    }
    const absl::Status written = Write(5);
    if (!written.ok()) return written;
    clock_.Sleep(kPause);
  }
}

absl::StatusOr<bool> Trial::Drained() {
  for (int32_t p = 0; p < options_.partitions; ++p) {
    const auto committed = group_->Committed(Partition(p));
    if (absl::IsUnavailable(committed.status())) return false;
    if (!committed.ok()) return committed.status();
    if (!committed->has_value()) return false;
    const auto next = group_->ReadAt(Partition(p), **committed);
    if (absl::IsUnavailable(next.status())) return false;
    if (!next.ok()) return next.status();
    if (next->has_value()) return false;
  }
  return true;
}

absl::Status Trial::AwaitDrained(absl::Duration patience) {
  const absl::Time deadline = clock_.Now() + patience;
  while (true) {
    const absl::StatusOr<bool> drained = Drained();
    if (!drained.ok()) return drained.status();
    if (*drained) return absl::OkStatus();
    if (interrupted()) return absl::CancelledError("interrupted");
    if (clock_.Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("the input was not folded in within ",
                       absl::FormatDuration(patience)));
    }
    clock_.Sleep(kPause);
  }
}

absl::StatusOr<std::vector<TrialRecord>> Trial::ReadAll(
    const std::string& topic) {
  const auto log =
      KafkaTopicReader::Create(KafkaOptionsOf(settings_, "reader"), topic);
  if (!log.ok()) return log.status();
  std::vector<TrialRecord> records;
  for (int32_t p = 0; p < options_.partitions; ++p) {
    Offset end;
    const absl::Status opened = RetryUnavailable(&clock_, kPatience, [&] {
      const auto found = (*log)->EndOffset(Partition(p));
      if (!found.ok()) return found.status();
      end = *found;
      return (*log)->Open(Partition(p));
    });
    if (!opened.ok()) return opened;
    const absl::Time deadline = clock_.Now() + kPatience;
    while ((*log)->Position(Partition(p)) < end) {
      const auto batch = (*log)->Read(absl::Milliseconds(100));
      if (batch.ok()) {
        for (const LogRecord& record : *batch) records.push_back(Keep(record));
      } else if (!absl::IsUnavailable(batch.status())) {
        return batch.status();
      }
      if (clock_.Now() < deadline) continue;
      return absl::DeadlineExceededError(absl::StrCat(
          "topic ", topic, ", partition ", p, " could not be read to its end"));
    }
    (*log)->Close(Partition(p));
  }
  return records;
}

absl::StatusOr<Verdict> Trial::ReachVerdict() {
  const auto input = ReadAll(settings_.input_topic);
  if (!input.ok()) return input.status();
  const auto results = ReadAll(settings_.results_topic);
  if (!results.ok()) return results.status();
  const auto of = [](const std::vector<TrialRecord>& all, Partition partition) {
    std::vector<TrialRecord> own;
    for (const TrialRecord& record : all) {
      if (record.partition == partition) own.push_back(record);
    }
    return own;
  };
  Verdict verdict;
  for (int32_t p = 0; p < options_.partitions; ++p) {
    Judge(pipeline_, Partition(p), of(*input, Partition(p)),
          of(*results, Partition(p)), &verdict);
  }
  return verdict;
}

}  // namespace exactmean

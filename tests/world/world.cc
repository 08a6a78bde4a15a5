// World.

#include "tests/world/world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "processor/decoder/decoder.h"
#include "processor/sample_reader.h"
#include "tests/fake_log/fake_input_log.h"
#include "tests/fake_log/fake_plain_writer.h"
#include "tests/fake_log/fake_results_log.h"
#include "tests/fake_log/fake_transaction.h"

namespace exactmean {

namespace {

Pipeline PipelineOf(const WorldOptions& options, DeliveryMode mode) {
  return {options.spec, {"app", "in", options.partitions}, mode};
}

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      cluster_(FakeCluster::Options{options.manual_markers}),
      clock_(&cluster_),
      pipelines_{PipelineOf(options, DeliveryMode::kExactlyOnce),
                 PipelineOf(options, DeliveryMode::kAtLeastOnce),
                 PipelineOf(options, DeliveryMode::kAtMostOnce)},
      random_(options.seed) {
  for (const char* topic : {"in", "out", "updates", "dead"}) {
    cluster_.CreateTopic(topic, options.partitions);
  }
  for (const RetryPolicy::Topic& topic : options.retry.topics) {
    cluster_.CreateTopic(topic.name, options.partitions);
  }
  for (int32_t p = 0; p < options.partitions; ++p) {
    const Partition partition(p);
    models_.emplace_back(options.spec, options.on_bad_record);
    std::vector<RetryWatch::Topic> retries;
    for (const RetryPolicy::Topic& topic : options.retry.topics) {
      retries.push_back(
          {topic.name, &cluster_.partition(topic.name, partition)});
    }
    watches_.emplace_back(&models_.back(), &cluster_.partition("in", partition),
                          &cluster_.partition("out", partition), &group(),
                          partition, options.fresh,
                          &cluster_.partition("dead", partition),
                          RetryWatch(&models_.back(), std::move(retries)));
    plain_watches_.emplace_back(
        &models_.back(), &cluster_.partition("in", partition),
        &cluster_.partition("out", partition), &group(), partition,
        options.promise, &cluster_.partition("dead", partition));
  }
}

World::World(int32_t partitions, uint64_t seed)
    : World([&] {
        WorldOptions options;
        options.partitions = partitions;
        options.seed = seed;
        return options;
      }()) {}

std::unique_ptr<Instance> World::Make(const InstanceOptions& options) {
  auto instance = std::make_unique<Instance>();
  MakeLogs(options, instance.get());
  SourceSpec source;
  source.format = SourceSpec::Format::kNumber;
  SampleReader reader(MakeDecoder(source), options_.step == nullptr
                                               ? nullptr
                                               : options_.step(options));
  instance->handler = std::make_unique<RecordHandler>(
      std::move(reader), options_.on_bad_record, "in", "app",
      [this] { return cluster_.now(); }, options_.retry.topics);
  ProcessorOptions processor;
  processor.results_topic = "out";
  processor.commit_policy = options.commit_policy;
  processor.commit.updates = options.updates;
  processor.commit.delivery = options.delivery;
  processor.restore.fresh = options.fresh.value_or(options_.fresh);
  processor.unreachable_deadline = options.unreachable_deadline;
  processor.diverted_bytes = options.diverted_bytes;
  processor.restore_overlap = options.restore_overlap;
  processor.markers_time = options.markers_time;
  processor.end = options.end;
  processor.restore.begins_there = options.end.has_value();
  processor.retry = options_.retry;
  std::vector<TopicReader*> retry_topics;
  for (const auto& topic : instance->retry_topics) {
    retry_topics.push_back(topic.get());
  }
  instance->processor = std::make_unique<Processor>(
      &pipeline(options.delivery.mode), instance->input.get(),
      instance->results.get(), instance->transaction.get(),
      instance->handler.get(), &clock_, processor, retry_topics);
  return instance;
}

void World::MakeLogs(const InstanceOptions& options, Instance* instance) {
  FakeInputLog::Options input;
  input.topic = "in";
  input.group = "app";
  input.client = options.name;
  if (options.is_static) input.instance = options.name;
  input.cooperative = options.cooperative;
  input.session_timeout = options.session_timeout;
  input.max_poll_records = options.max_poll_records;
  input.slow_commits = options.slow_commits;
  instance->input =
      std::make_unique<FakeInputLog>(&cluster_, &instance->plan, input);
  instance->results = std::make_unique<FakeResultsLog>(
      &cluster_, &instance->plan,
      FakeResultsLog::Options{"out", options.max_read_records});
  FakeTransaction::Options transaction;
  transaction.id = absl::StrCat("app-", options.name);
  transaction.input_topic = "in";
  transaction.results_topic = "out";
  if (options.updates) transaction.updates_topic = "updates";
  if (options_.on_bad_record == BadRecordPolicy::kDeadLetter ||
      options_.retry.give_up != RetryPolicy::GiveUp::kStop) {
    transaction.dead_letter_topic = "dead";
  }
  for (const RetryPolicy::Topic& topic : options_.retry.topics) {
    transaction.retry_topics.push_back(topic.name);
    instance->retry_topics.push_back(std::make_unique<FakeResultsLog>(
        &cluster_, &instance->plan,
        FakeResultsLog::Options{topic.name, options.max_read_records}));
  }
  transaction.timeout = options.transaction_timeout;
  transaction.buffer_writes = options.buffer_writes;
  transaction.polls_until_delivered = options.slow_commits ? 3 : 0;
  if (options.delivery.transactional()) {
    instance->transaction = std::make_unique<FakeTransaction>(
        &cluster_, &instance->plan, transaction);
  } else {
    instance->transaction = std::make_unique<FakePlainWriter>(
        &cluster_, &instance->plan, transaction);
  }
  LogDecorator* decorator = options.decorator;
  if (decorator == nullptr) return;
  instance->input = decorator->Wrap(std::move(instance->input));
  instance->results = decorator->Wrap(std::move(instance->results));
  instance->transaction = decorator->Wrap(std::move(instance->transaction));
  for (auto& topic : instance->retry_topics) {
    topic = decorator->WrapRetries(std::move(topic));
  }
}

void World::Produce(int n) {
  for (int i = 0; i < n; ++i) {
    const Partition partition(
        static_cast<int32_t>(random_() % options_.partitions));
    ModelRecord record;
    record.kind = ModelRecord::Kind::kValue;
    record.key = absl::StrCat("key", random_() % 5);
    record.value = static_cast<double>(random_() % 1000);
    record.text = absl::StrCat(record.value);
    const uint64_t kind = random_() % 20;
    // What comes back out of order may be of before the deletion, and of after.
    if (kind == 0 && options_.retry.topics.empty()) {
      record.kind = ModelRecord::Kind::kDelete;
      record.text = absl::nullopt;
    } else if (kind == 1) {
      record.kind = ModelRecord::Kind::kBad;
      record.text = "not a number";
    }
    if (kind != 2) {
      Append(partition, record);
      continue;
    }
    ForeignWriter foreign = BeginForeign();
    Append(partition, record, &foreign);
    EndForeign(foreign, /*commit=*/false);
  }
}

ForeignWriter World::BeginForeign() {
  return {cluster_.InitProducer(absl::StrCat("foreign", ++foreign_),
                                absl::InfiniteDuration()),
          {}};
}

void World::EndForeign(const ForeignWriter& foreign, bool commit) {
  const absl::Status status = cluster_.EndTransaction(foreign.producer, commit);
  CHECK(status.ok()) << status;
  if (commit) return;
  for (const auto& [partition, offset] : foreign.records) {
    model(partition).MakeAbsent(offset);
  }
}

void World::Append(Partition partition, const ModelRecord& record,
                   ForeignWriter* foreign) {
  TakeMarkers(partition);
  const Offset offset = model(partition).end();
  const absl::optional<absl::string_view> key(record.key);
  const absl::optional<absl::string_view> text(record.text);
  if (foreign == nullptr) {
    cluster_.Produce("in", partition, key, text, record.timestamp_ms,
                     record.headers);
  } else {
    const absl::Status status =
        cluster_.Append(foreign->producer, "in", partition, key, text,
                        record.timestamp_ms, record.headers);
    CHECK(status.ok()) << status;
    foreign->records.emplace_back(partition, offset);
  }
  model(partition).Append(record);
}

void World::TakeMarkers(Partition partition) {
  const Offset end = cluster_.partition("in", partition).high();
  while (model(partition).end() < end) model(partition).AppendAbsent();
}

absl::Status World::Check() {
  for (int32_t p = 0; p < partitions(); ++p) {
    TakeMarkers(Partition(p));
    const absl::Status status = plain() ? plain_watch(Partition(p)).Check()
                                        : watch(Partition(p)).Check();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status World::CheckDrained() {
  absl::Status status = Check();
  if (plain()) {
    for (PlainWatch& watch : plain_watches_) status.Update(watch.CheckAtRest());
    return status;
  }
  for (size_t p = 0; p < watches_.size() && status.ok(); ++p) {
    if (!watches_[p].HasMore()) continue;
    status = absl::DeadlineExceededError(absl::StrCat(
        "partition ", p, " stands at ", watches_[p].next().value(), " before ",
        cluster_.partition("in", Partition(static_cast<int32_t>(p)))
            .high()
            .value()));
  }
  for (size_t p = 0; p < watches_.size() && status.ok(); ++p) {
    status = watches_[p].CheckWhole();
  }
  return status;
}

absl::Status World::Drain(Instance* instance, int max_turns) {
  absl::Status drained;
  for (int turn = 0; turn < max_turns; ++turn) {
    absl::Status status = instance->Turn();
    if (!status.ok()) return status;
    drained = CheckDrained();
    if (!absl::IsDeadlineExceeded(drained)) return drained;
    Advance(absl::Milliseconds(100));
  }
  return drained;
}

absl::Status World::DrainAndDie(const std::string& name) {
  InstanceOptions options;
  options.name = name;
  const std::unique_ptr<Instance> instance = Make(options);
  const absl::Status drained = Drain(instance.get());
  instance->plan.Kill();
  group().Expire(name);
  return drained;
}

}  // namespace exactmean

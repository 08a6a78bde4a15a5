// World.

#include "tests/world/world.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

StateSpec ModelSpec() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last", WindowSpec::Kind::kCount, Model::kCount, 0, 0, 0, 0},
                  {"all", WindowSpec::Kind::kCumulative, 0, 0, 0, 0, 0}};
  return spec;
}

}  // namespace

absl::Status Instance::Turn() {
  if (!started) {
    started = true;
    return processor->Start();
  }
  return processor->RunOnce();
}

World::World(int32_t partitions, uint64_t seed)
    : partitions_(partitions),
      clock_(&cluster_),
      pipeline_(ModelSpec(), {"app", "in", partitions}),
      random_(seed),
      models_(static_cast<size_t>(partitions)),
      checked_(static_cast<size_t>(partitions), Offset(-1)) {
  cluster_.CreateTopic("in", partitions);
  cluster_.CreateTopic("out", partitions);
}

std::unique_ptr<Instance> World::Make(const InstanceOptions& options) {
  auto instance = std::make_unique<Instance>();
  FakeInputLog::Options input;
  input.topic = "in";
  input.group = "app";
  input.client = options.name;
  if (options.is_static) input.instance = options.name;
  input.cooperative = options.cooperative;
  input.max_poll_records = options.max_poll_records;
  instance->input =
      std::make_unique<FakeInputLog>(&cluster_, &instance->plan, input);
  instance->results = std::make_unique<FakeResultsLog>(
      &cluster_, &instance->plan, FakeResultsLog::Options{"out", 5});
  FakeTransaction::Options transaction;
  transaction.id = absl::StrCat("app-", options.name);
  transaction.input_topic = "in";
  transaction.results_topic = "out";
  transaction.buffer_writes = options.buffer_writes;
  instance->transaction = std::make_unique<FakeTransaction>(
      &cluster_, &instance->plan, transaction);
  SourceSpec source;
  source.format = SourceSpec::Format::kNumber;
  instance->handler = std::make_unique<RecordHandler>(
      MakeDecoder(source), BadRecordPolicy::kSkip, "in");
  ProcessorOptions processor;
  processor.commit_policy = options.commit_policy;
  instance->processor = std::make_unique<Processor>(
      &pipeline_, instance->input.get(), instance->results.get(),
      instance->transaction.get(), instance->handler.get(), &clock_, processor);
  return instance;
}

void World::Produce(int n) {
  for (int i = 0; i < n; ++i) {
    const Partition partition(static_cast<int32_t>(random_() % partitions_));
    const std::string key = absl::StrCat("key", random_() % 5);
    absl::optional<std::string> value = absl::StrCat(random_() % 1000);
    const uint64_t kind = random_() % 20;
    if (kind == 0) value = absl::nullopt;
    if (kind == 1) value = "not a number";
    if (kind == 2) {  // an aborted transaction: a record and a marker
      const FakeProducer writer = cluster_.InitProducer(
          absl::StrCat("foreign", ++foreign_), absl::Minutes(1));
      cluster_.Append(writer, "in", partition, key, value).IgnoreError();
      cluster_.EndTransaction(writer, false).IgnoreError();
      model(partition).AppendAbsent();
      model(partition).AppendAbsent();
      continue;
    }
    cluster_.Produce("in", partition, key, value);
    model(partition).AppendRecord(key, value);
  }
}

CommittedView World::View(Partition partition) {
  CommittedView view;
  cluster_.partition("out", partition)
      .ReadCommitted(Offset(0), std::numeric_limits<size_t>::max(),
                     [&](const FakeRecord& record) {
                       if (record.value.has_value()) {
                         view[*record.key] = *record.value;
                       } else {
                         view.erase(*record.key);
                       }
                     });
  return view;
}

absl::Status World::Check() {
  for (int32_t p = 0; p < partitions_; ++p) {
    const Partition partition(p);
    Offset next;
    absl::Status status = model(partition).Check(View(partition), &next);
    const auto committed = group().Committed(partition);
    // Undecided: the view cannot have it yet.
    if (status.ok() && committed.ok() &&
        committed->value_or(Offset(-1)) != next) {
      status = absl::InternalError(absl::StrCat(
          "the checkpoint is at ", next.value(), ", the group's offset at ",
          committed->value_or(Offset(-1)).value()));
    }
    Offset& before = checked_[static_cast<size_t>(p)];
    if (status.ok() && next < before) {
      status = absl::InternalError(absl::StrCat(
          "went back from ", before.value(), " to ", next.value()));
    }
    if (!status.ok()) {
      return absl::InternalError(
          absl::StrCat("partition ", p, ": ", status.message()));
    }
    before = next;
  }
  return absl::OkStatus();
}

absl::Status World::CheckDrained() {
  const absl::Status status = Check();
  if (!status.ok()) return status;
  for (int32_t p = 0; p < partitions_; ++p) {
    Offset last;  // a marker at the end is never passed
    const absl::Status checked =
        model(Partition(p)).Check(View(Partition(p)), &last);
    if (!checked.ok()) return checked;
    bool more = false;
    cluster_.partition("in", Partition(p))
        .ReadCommitted(std::max(last, Offset(0)), 1,
                       [&](const FakeRecord&) { more = true; });
    if (more) {
      return absl::DeadlineExceededError(
          absl::StrCat("partition ", p, " stands at ", last.value(), " before ",
                       cluster_.partition("in", Partition(p)).high().value()));
    }
  }
  return absl::OkStatus();
}

absl::Status World::Drain(Instance* instance, int max_turns) {
  absl::Status drained;
  for (int turn = 0; turn < max_turns; ++turn) {
    absl::Status status = instance->Turn();
    if (!status.ok()) return status;
    status = Check();
    if (!status.ok()) return status;
    drained = CheckDrained();
    if (drained.ok()) return drained;
    if (absl::IsInternal(drained)) return drained;
    Advance(absl::Milliseconds(100));
  }
  return drained;
}

}  // namespace exactmean

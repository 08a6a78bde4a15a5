// SinkProcess and SinkWorld.

#include "tools/sink/sink_testing.h"

#include <utility>

#include "tests/status_matchers.h"
#include "tools/sink/row.h"

namespace exactmean {
namespace {

StateSpec Spec() {
  StateSpec spec;
  spec.source = "number";
  spec.windows = {{"last2", WindowSpec::Kind::kCount, 2, 0, 0, 0, 0},
                  {"ewma", WindowSpec::Kind::kEwmaRecords, 0, 0, 0, 0.5, 0}};
  return spec;
}

}  // namespace

SinkProcess::SinkProcess(FakeCluster* cluster, Database* database,
                         const std::string& owner)
    : cluster_(cluster), database_(database) {
  sink.topic = "out";
  sink.once = true;
  sink.now = table.now = [cluster] { return cluster->now(); };
  sink.delete_retention = [] { return absl::Hours(24); };
  table.owner = owner;
  table.create_table = true;
}

absl::Status SinkProcess::Run() {
  FakeResultsLog log(cluster_, &plan, {sink.topic, 7});
  ClusterClock clock(cluster_, a_look);
  SinkTable rows(database_, table);
  return Sink(sink, &log, &rows, &clock, &stop).Run();
}

SinkWorld::SinkWorld(DatabaseKind kind)
    : pipeline_(Spec(), {"app", "in", 2}),
      states_{PartitionState(&pipeline_, Partition(0)),
              PartitionState(&pipeline_, Partition(1))},
      database_(MakeTestDatabase(kind)) {
  cluster_.CreateTopic("out", 2);
  for (PartitionState& state : states_) state.StartEmpty(Offset(0));
}

void SinkWorld::Apply(int p, const std::string& key, double value) {
  PartitionState& state = states_[p];
  state.Apply(state.next_offset(), key,
              {value, EventTime(state.next_offset().value() * 1000000)});
}

void SinkWorld::Delete(int p, const std::string& key) {
  states_[p].Delete(states_[p].next_offset(), key);
}

void SinkWorld::Commit(int p, size_t without) {
  const ChangeSet changes = states_[p].Changes("w");
  states_[p].MarkCommitted();
  const FakeProducer producer = cluster_.InitProducer("w", absl::Minutes(1));
  for (size_t i = 0; i < changes.size() + 1 - without; ++i) {
    const bool last = i == changes.size();
    EXPECT_THAT(
        cluster_.Append(
            producer, "out", Partition(p),
            last ? absl::string_view("__exactmean/checkpoint")
                 : absl::string_view(changes.key(i)),
            last ? absl::optional<absl::string_view>(changes.checkpoint())
                 : changes.value(i)),
        IsOk());
  }
  EXPECT_THAT(cluster_.EndTransaction(producer, /*commit=*/true), IsOk());
}

void SinkWorld::MakeState() {
  for (int i = 0; i < 40; ++i) {
    Apply(i % 2, "key" + std::to_string(i % 9), i + 0.1);
    if (i % 6 == 5) Commit(i % 2);
    if (i == 20) Delete(0, "key2");
  }
  Apply(0, "\xff\x01", 7);
  Commit(0);
  Delete(1, "key5");
  Commit(1);
}

std::unique_ptr<SinkProcess> SinkWorld::Process(const std::string& owner) {
  return std::make_unique<SinkProcess>(&cluster_, database_->database.get(),
                                       owner);
}

absl::Status SinkWorld::RunOnce() { return Process()->Run(); }

std::set<std::string> SinkWorld::ExpectedAt(
    const std::map<int32_t, int64_t>& positions) {
  NewestRecords newest;
  for (const auto& [partition, next] : positions) {
    const int p = partition;
    const Offset end(next);
    const FakePartition& log = cluster_.partition("out", Partition(p));
    log.ReadCommitted(log.low(), SIZE_MAX, [&](const FakeRecord& record) {
      if (record.offset >= end) return;
      if (record.key->rfind("__exactmean/", 0) == 0) return;
      const auto key = std::make_pair(Partition(p), KeyText(*record.key));
      if (record.value.has_value()) {
        newest[key] = {record.offset, *record.value};
      } else {
        newest.erase(key);
      }
    });
  }
  return ExpectedRows(newest, {{"last2", true}, {"ewma", false}});
}

std::map<int32_t, int64_t> SinkWorld::Ends() {
  std::map<int32_t, int64_t> ends;
  for (int p = 0; p < 2; ++p) {
    ends[p] = cluster_.partition("out", Partition(p)).last_stable().value();
  }
  return ends;
}

}  // namespace exactmean

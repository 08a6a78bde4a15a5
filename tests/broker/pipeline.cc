// BrokerPipeline.

#include "tests/broker/pipeline.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/broker/shared_broker.h"
#include "tests/world/view_check.h"

namespace exactmean {
namespace {

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << std::endl;
  std::abort();
}

}  // namespace

BrokerPipeline::BrokerPipeline(std::string name, int32_t partitions,
                               const std::string& shared_input)
    : name_(std::move(name)),
      input_(shared_input.empty() ? name_ + "-in" : shared_input),
      results_(name_ + "-out"),
      config_path_(
          absl::StrCat(::testing::TempDir(), "/", name_, ".textproto")),
      partitions_(partitions) {
  std::ofstream(config_path_) << PipelineConfig(name_, input_, results_);
  auto client = BrokerClient::Create(SharedBroker());
  Require(client.status());
  client_ = *std::move(client);
  auto writer = Writer::Create(SharedBroker());
  Require(writer.status());
  writer_ = *std::move(writer);
  if (shared_input.empty()) Require(client_->CreateTopic(input_, partitions));
  // Kept whole, so that every prefix can be checked.
  Require(client_->CreateTopic(
      results_, partitions,
      {{"cleanup.policy", "compact"}, {"min.compaction.lag.ms", "86400000"}}));
}

absl::StatusOr<std::unique_ptr<RunningInstance>> BrokerPipeline::Start(
    const std::string& instance_id, const std::vector<std::string>& flags) {
  std::vector<std::string> all = {"--status_every=500ms"};
  if (!extra_config.empty()) {
    all.push_back(absl::StrCat("--config_override=", extra_config));
  }
  all.insert(all.end(), flags.begin(), flags.end());
  return RunningInstance::Start(
      binary, config_path_, SharedBroker(), instance_id,
      absl::StrCat(::testing::TempDir(), "/", name_, "-", instance_id, "-",
                   ++starts_, ".log"),
      all);
}

ModelRecord BrokerPipeline::ToModel(const Record& record) const {
  return meaning != nullptr
             ? meaning(record)
             : ToModelRecord(record.key, record.value, record.timestamp_ms);
}

absl::Status BrokerPipeline::Produce(int n) {
  std::vector<Record> records;
  for (int i = 0; i < n; ++i) {
    records.push_back(RandomRecord(&random_, partitions_));
  }
  return writer_->Write(input_, records);
}

absl::Status BrokerPipeline::ProduceOne(Partition partition,
                                        const std::string& key,
                                        const std::string& value) {
  Record record;
  record.partition = partition;
  record.key = key;
  record.value = value;
  return writer_->Write(input_, {record});
}

absl::Status BrokerPipeline::ReadInput(std::vector<Model>* models) {
  models->assign(static_cast<size_t>(partitions_),
                 Model(LastAndAll(), on_bad_record));
  const auto records = client_->ReadTopic(input_);
  if (!records.ok()) return records.status();
  for (const Record& record : *records) {
    Model& model = (*models)[static_cast<size_t>(record.partition.value())];
    while (model.end() < record.offset) model.AppendAbsent();
    model.Append(ToModel(record));
  }
  return absl::OkStatus();
}

absl::Status BrokerPipeline::CheckPartition(
    const Model& model, const std::vector<const Record*>& results,
    Offset* next) {
  CommittedView view;
  Offset before(-1);
  *next = before;
  for (const Record* record : results) {
    if (record->value.has_value()) {
      view[*record->key] = *record->value;
    } else {
      view.erase(*record->key);
    }
    if (*record->key != kCheckpointKey) continue;
    const absl::Status valid = CheckView(model, view, next);
    if (!valid.ok() || *next < before) {
      return absl::InternalError(absl::StrCat(
          "results offset ", record->offset.value(), ", checkpoint at ",
          next->value(), " after ", before.value(), ": ", valid.message()));
    }
    before = *next;
  }
  if (!results.empty() && *results.back()->key != kCheckpointKey) {
    return absl::InternalError("records after the last checkpoint");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RunningInstance>>
BrokerPipeline::ProduceThroughKills(const std::string& instance_id) {
  constexpr int kRuns = 8;
  for (int run = 1;; ++run) {
    auto instance = Start(instance_id);
    if (!instance.ok()) return instance.status();
    absl::Status status = (*instance)->AwaitLog("starts at offset");
    if (!status.ok()) return status;
    for (uint64_t i = random_() % 30; i < 30; ++i) {
      status = Produce(20);
      if (!status.ok()) return status;
    }
    if (run == kRuns) return instance;
    status = (*instance)->Kill();
    if (!status.ok()) return status;
  }
}

absl::Status BrokerPipeline::CheckHistory() {
  // Results first: the input read after them is at least as long.
  const auto results = client_->ReadTopic(results_);
  if (!results.ok()) return results.status();
  std::vector<Model> models;
  const absl::Status read = ReadInput(&models);
  if (!read.ok()) return read;
  for (int32_t p = 0; p < partitions_; ++p) {
    std::vector<const Record*> own;
    for (const Record& record : *results) {
      if (record.partition == Partition(p)) own.push_back(&record);
    }
    Offset next;
    const absl::Status status =
        CheckPartition(models[static_cast<size_t>(p)], own, &next);
    if (!status.ok()) {
      return absl::InternalError(
          absl::StrCat("partition ", p, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status BrokerPipeline::CheckCaughtUp(Partition partition) {
  const auto end = client_->EndOffset(input_, partition, Isolation::kCommitted);
  if (!end.ok()) return end.status();
  const auto committed = client_->CommittedOffset(name_, input_, partition);
  if (!committed.ok()) return committed.status();
  if (committed->value_or(Offset(-1)) == *end) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat(
      "partition ", partition.value(), " is at ",
      committed->value_or(Offset(-1)).value(), " of ", end->value()));
}

absl::Status BrokerPipeline::CheckDrained() {
  absl::Status status = CheckHistory();
  for (int32_t p = 0; p < partitions_ && status.ok(); ++p) {
    status = CheckCaughtUp(Partition(p));
  }
  return status;
}

absl::Status BrokerPipeline::AwaitCaughtUp(absl::Duration patience) {
  return Eventually(
      [this]() -> absl::Status {
        absl::Status status;
        for (int32_t p = 0; p < partitions_ && status.ok(); ++p) {
          status = CheckCaughtUp(Partition(p));
        }
        return status;
      },
      patience);
}

absl::Status BrokerPipeline::AwaitDrained(absl::Duration patience) {
  const absl::Status caught_up = AwaitCaughtUp(patience);
  return caught_up.ok() ? CheckDrained() : caught_up;
}

absl::StatusOr<results::Checkpoint> BrokerPipeline::Checkpoint(
    Partition partition) {
  const auto records = client_->ReadTopic(results_);
  if (!records.ok()) return records.status();
  const Record* last = nullptr;
  for (const Record& record : *records) {
    if (record.partition == partition && record.key == kCheckpointKey) {
      last = &record;
    }
  }
  if (last == nullptr) return absl::NotFoundError("no checkpoint");
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpoint(*last->value, &checkpoint);
  if (!status.ok()) return status;
  return checkpoint;
}

absl::StatusOr<CommittedView> BrokerPipeline::Snapshots() {
  const auto results = client_->ReadTopic(results_);
  if (!results.ok()) return results.status();
  CommittedView view;
  for (const Record& record : *results) {
    if (IsReservedKey(*record.key)) continue;
    const std::string key =
        absl::StrCat(record.partition.value(), "/", *record.key);
    if (record.value.has_value()) {
      view[key] = *record.value;
    } else {
      view.erase(key);
    }
  }
  return view;
}

}  // namespace exactmean

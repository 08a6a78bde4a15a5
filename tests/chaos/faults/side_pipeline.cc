// Topics, input and the one instance.

#include "tests/chaos/faults/side_pipeline.h"

#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tests/broker/kafka.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr int kReplicas = 3;

}  // namespace

SidePipeline::SidePipeline(ChaosWorld* world)
    : world_(world),
      name_(absl::StrCat("side-", world->random() % 1000000000)),
      input_(name_ + "-in"),
      results_(name_ + "-out") {
  std::ofstream(Path(".textproto")) << PipelineConfig(name_, input_, results_);
}

std::string SidePipeline::Path(const char* suffix) const {
  return absl::StrCat(world_->dir, "/", name_, suffix);
}

absl::Status SidePipeline::Create(const std::string& topic) {
  const char* policy = topic == results_ ? "compact" : "delete";
  // The deletion of one of that name may still go on.
  return world_->Administer("topic " + topic, [&](BrokerClient* client) {
    return client->CreateTopic(topic, 1, {{"cleanup.policy", policy}},
                               kReplicas);
  });
}

absl::Status SidePipeline::Delete(const std::string& topic) {
  return world_->Administer("no topic " + topic, [&](BrokerClient* client) {
    const absl::Status status = client->DeleteTopic(topic);
    return absl::IsNotFound(status) ? absl::OkStatus() : status;
  });
}

absl::Status SidePipeline::CreateTopics() {
  const absl::Status status = Create(input_);
  return status.ok() ? Create(results_) : status;
}

absl::Status SidePipeline::Write(int records) {
  const auto writer = Writer::Create(world_->kafka->internal_servers());
  if (!writer.ok()) return writer.status();
  std::vector<Record> some;
  for (int i = 0; i < records; ++i) {
    some.push_back(RandomRecord(&world_->random, 1));
  }
  return (*writer)->Write(input_, some);
}

absl::Status SidePipeline::Recreate(const std::string& topic) {
  const absl::Status status = Delete(topic);
  return status.ok() ? Create(topic) : status;
}

absl::Status SidePipeline::DeleteTopics() {
  absl::Status status = Delete(input_);
  status.Update(Delete(results_));
  return status;
}

absl::Status SidePipeline::Start() {
  auto started = RunningInstance::Start(world_->binary, Path(".textproto"),
                                        world_->kafka->bootstrap_servers(),
                                        "side", Path(".log"), {});
  if (!started.ok()) return started.status();
  instance_ = *std::move(started);
  return absl::OkStatus();
}

absl::Status SidePipeline::AwaitFoldedIn(int records) {
  return world_->Administer(
      "all folded in", [&](BrokerClient* client) -> absl::Status {
        const auto at = client->CommittedOffset(name_, input_, Partition(0));
        if (!at.ok()) return at.status();
        if (*at == Offset(records)) return absl::OkStatus();
        return absl::UnavailableError(instance_->LastLines());
      });
}

absl::Status SidePipeline::Terminate() {
  const auto exit = instance_->Terminate();
  if (!exit.ok()) return exit.status();
  return exit->ok() ? absl::OkStatus() : absl::InternalError(exit->ToString());
}

absl::Status SidePipeline::Kill() { return instance_->Kill(); }

absl::StatusOr<std::string> SidePipeline::AwaitRefusal(
    absl::Duration patience) {
  const absl::Status ended =
      world_->Await(name_ + " refuses", patience, [&]() -> absl::Status {
        if (!Running()) return absl::OkStatus();
        return absl::UnavailableError(instance_->LastLines());
      });
  if (!ended.ok()) return ended;
  const auto exit = instance_->AwaitExit();
  if (!exit.ok()) return exit.status();
  const int code = exit->ShellCode();
  if (code == static_cast<int>(StopReason::kState) ||
      code == static_cast<int>(StopReason::kConfig)) {
    return exit->ToString();
  }
  return absl::InternalError(absl::StrCat(name_, ": ", exit->ToString(),
                                          ":\n    ", instance_->LastLines()));
}

}  // namespace exactmean

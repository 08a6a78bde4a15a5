// Topics deleted and made anew under a pipeline of their own, as nothing mends
// that: the instance must refuse what it finds.

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tests/broker/instance.h"
#include "tests/chaos/fault.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr int kRecords = 200;
constexpr int kReplicas = 3;

class TopicRecreatedFault : public Fault {
 public:
  // Which topic; and does the instance run meanwhile?
  TopicRecreatedFault(bool input, bool running)
      : is_input_(input), is_running_(running) {}

  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    absl::Status status = SetUp(world);
    if (status.ok()) status = Work(world);
    if (status.ok() && !is_running_) status = Terminate();
    if (status.ok()) status = Recreate(world);
    if (status.ok() && is_running_) status = AwaitRefusal(world);
    if (!status.ok()) return status;
    status = Start(world);
    if (status.ok()) status = AwaitRefusal(world);
    if (!status.ok()) return status;
    return absl::StrCat(lost_, ", while the instance was ",
                        is_running_ ? "at work" : "down", ": ", refusals_);
  }

  absl::Status Heal(ChaosWorld* world) override {
    instance_.reset();
    absl::Status status;
    for (const std::string& topic : {input_, results_}) {
      if (!topic.empty()) status.Update(world->client->DeleteTopic(topic));
    }
    return status;
  }

 private:
  absl::Status SetUp(ChaosWorld* world) {
    name_ = absl::StrCat("side-", world->random() % 1000000);
    input_ = name_ + "-in";
    results_ = name_ + "-out";
    lost_ = is_input_ ? input_ : results_;
    absl::Status status = Create(world, input_);
    if (status.ok()) status = Create(world, results_);
    if (status.ok()) status = Write(world);
    std::ofstream(Path(world, ".textproto"))
        << PipelineConfig(name_, input_, results_);
    return status;
  }

  absl::Status Create(ChaosWorld* world, const std::string& topic) {
    // Its deletion may still go on.
    return world->Await(absl::StrCat("topic ", topic), kPatience, [&] {
      return world->client->CreateTopic(
          topic, 1,
          {{"cleanup.policy", topic == results_ ? "compact" : "delete"}},
          kReplicas);
    });
  }

  absl::Status Write(ChaosWorld* world) {
    auto writer = Writer::Create(world->kafka->internal_servers());
    if (!writer.ok()) return writer.status();
    std::vector<Record> records;
    for (int i = 0; i < kRecords; ++i) {
      records.push_back(RandomRecord(&world->random, 1));
    }
    return (*writer)->Write(input_, records);
  }

  absl::Status Start(ChaosWorld* world) {
    auto started = RunningInstance::Start(
        world->binary, Path(world, ".textproto"),
        world->kafka->bootstrap_servers(), "side", Path(world, ".log"), {});
    if (!started.ok()) return started.status();
    instance_ = *std::move(started);
    return absl::OkStatus();
  }

  absl::Status Work(ChaosWorld* world) {
    const absl::Status status = Start(world);
    if (!status.ok()) return status;
    return world->Await("all folded in", kPatience, [&]() -> absl::Status {
      const auto at =
          world->client->CommittedOffset(name_, input_, Partition(0));
      if (!at.ok()) return at.status();
      if (*at == Offset(kRecords)) return absl::OkStatus();
      return absl::UnavailableError("not yet");
    });
  }

  absl::Status Terminate() {
    const auto exit = instance_->Terminate();
    if (!exit.ok()) return exit.status();
    return exit->ok() ? absl::OkStatus()
                      : absl::InternalError(exit->ToString());
  }

  absl::Status Recreate(ChaosWorld* world) {
    absl::Status status = world->client->DeleteTopic(lost_);
    if (status.ok()) status = Create(world, lost_);
    // As many records again, others: by number alone it would look the same.
    if (status.ok()) status = Write(world);
    return status;
  }

  // It ends by itself, as documented: with a topic that is not there, or state
  // that is not its own.
  absl::Status AwaitRefusal(ChaosWorld* world) {
    const absl::Status ended =
        world->Await("a refusal", kPatience, [&]() -> absl::Status {
          if (!instance_->process().Running()) return absl::OkStatus();
          return absl::UnavailableError(instance_->Log());
        });
    if (!ended.ok()) return ended;
    const auto exit = instance_->AwaitExit();
    if (!exit.ok()) return exit.status();
    const int code = exit->ShellCode();
    absl::StrAppend(&refusals_, refusals_.empty() ? "" : ", then ",
                    exit->ToString());
    if (code == static_cast<int>(StopReason::kState) ||
        code == static_cast<int>(StopReason::kConfig)) {
      return absl::OkStatus();
    }
    return absl::InternalError(
        absl::StrCat(exit->ToString(), ":\n", instance_->Log()));
  }

  std::string Path(ChaosWorld* world, const char* suffix) const {
    return absl::StrCat(world->dir, "/", name_, suffix);
  }

  const bool is_input_;
  const bool is_running_;
  std::string name_;
  std::string input_;
  std::string results_;
  std::string lost_;
  std::string refusals_;
  std::unique_ptr<RunningInstance> instance_;
};

FaultKind Kind(const char* name, bool input, bool running) {
  return {name, FaultScope::kAlone, [=] {
            return std::make_unique<TopicRecreatedFault>(input, running);
          }};
}

}  // namespace

std::vector<FaultKind> TopicFaults() {
  return {
      Kind("results-recreated", /*input=*/false, /*running=*/false),
      Kind("results-recreated-at-work", /*input=*/false, /*running=*/true),
      Kind("input-recreated", /*input=*/true, /*running=*/false),
      Kind("input-recreated-at-work", /*input=*/true, /*running=*/true),
  };
}

}  // namespace exactmean

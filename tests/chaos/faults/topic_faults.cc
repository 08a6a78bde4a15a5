// Topics deleted and made anew, of pipelines beside the one under test, as
// nothing mends that: at the latest the next start must refuse it.

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/chaos/faults/fault.h"
#include "tests/chaos/faults/side_pipeline.h"

namespace exactmean {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);
// An instance at work may notice, but need not.
constexpr absl::Duration kMayNotice = absl::Seconds(5);
constexpr int kRecords = 200;
// Not all keys: what is written to a new results topic is not the whole state.
constexpr int kFew = 10;

struct Case {
  bool is_input;    // the topic that is made anew; else the results
  bool is_at_work;  // does the instance run meanwhile?
  std::unique_ptr<SidePipeline> pipeline;
  std::string noticed;

  absl::Status Work(ChaosWorld* world) {
    pipeline = std::make_unique<SidePipeline>(world);
    absl::Status status = pipeline->CreateTopics();
    if (status.ok()) status = pipeline->Write(kRecords);
    if (status.ok()) status = pipeline->Start();
    return status;
  }

  absl::Status Lose() {
    absl::Status status = pipeline->AwaitFoldedIn(kRecords);
    if (status.ok() && !is_at_work) status = pipeline->Terminate();
    if (!status.ok()) return status;
    status =
        pipeline->Recreate(is_input ? pipeline->input() : pipeline->results());
    // As many records as before: by their number it looks the same.
    if (status.ok()) status = pipeline->Write(is_input ? kRecords : kFew);
    return status;
  }

  absl::Status StartAgain() {
    if (is_at_work) {
      const auto refusal = pipeline->AwaitRefusal(kMayNotice);
      if (refusal.ok()) {
        noticed = absl::StrCat("at work, ", *refusal, "; ");
      } else if (!absl::IsDeadlineExceeded(refusal.status())) {
        return refusal.status();
      }
      // It may just have noticed.
      pipeline->Kill().IgnoreError();
    }
    return pipeline->Start();
  }

  absl::Status Refuse() {
    const auto refusal = pipeline->AwaitRefusal(kPatience);
    if (!refusal.ok()) return refusal.status();
    absl::StrAppend(&noticed, is_input ? "input" : "results", " at the start, ",
                    *refusal);
    return absl::OkStatus();
  }
};

// All cases at once, as some wait for half a minute.
class TopicsRecreatedFault : public Fault {
 public:
  absl::StatusOr<std::string> Inject(ChaosWorld* world) override {
    for (const bool is_input : {false, true}) {
      for (const bool is_at_work : {false, true}) {
        cases_.push_back({is_input, is_at_work, nullptr, ""});
      }
    }
    absl::Status status;
    const auto all = [&](auto step) {
      for (Case& c : cases_) {
        if (status.ok()) status = step(c);
      }
    };
    all([world](Case& c) { return c.Work(world); });
    all([](Case& c) { return c.Lose(); });
    all([](Case& c) { return c.StartAgain(); });
    all([](Case& c) { return c.Refuse(); });
    if (!status.ok()) return status;
    std::string noticed = "refused: ";
    for (const Case& c : cases_) absl::StrAppend(&noticed, c.noticed, "; ");
    return noticed;
  }

  absl::Status Heal(ChaosWorld* /*world*/) override {
    absl::Status status;
    for (Case& c : cases_) {
      // Left alone if there was never one.
      if (c.pipeline != nullptr) status.Update(c.pipeline->DeleteTopics());
    }
    cases_.clear();
    return status;
  }

 private:
  std::vector<Case> cases_;
};

}  // namespace

std::vector<FaultKind> TopicFaults() {
  return {{"topics-recreated", FaultScope::kAlone,
           [] { return std::make_unique<TopicsRecreatedFault>(); }}};
}

}  // namespace exactmean

// Without transactions: a crash at every call of the seam, before and after its
// effect, in each mode and style; and every error that a call may return.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "processor/delivery.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kRecords = 30;

struct Shape {
  std::string name;
  InstanceOptions options;
};

std::vector<Shape> Shapes(DeliveryMode mode) {
  std::vector<Shape> shapes;
  for (const CommitStyle style :
       {CommitStyle::kSync, CommitStyle::kAsync, CommitStyle::kAsyncThenSync,
        CommitStyle::kAuto}) {
    Shape shape;
    shape.options.delivery = {mode, style};
    shape.name = absl::StrCat(ToString(mode), " ", ToString(style));
    shape.options.updates = style == CommitStyle::kAsync;
    shape.options.slow_commits = style != CommitStyle::kAsync;
    shape.options.buffer_writes = style == CommitStyle::kAuto;
    shapes.push_back(shape);
  }
  return shapes;
}

std::unique_ptr<World> Prepared(const Shape& shape) {
  WorldOptions options;
  options.partitions = 2;
  options.on_bad_record = BadRecordPolicy::kDeadLetter;
  options.promise = shape.options.delivery.mode;
  auto world = std::make_unique<World>(options);
  world->Produce(kRecords);
  auto predecessor = world->Make(shape.options);
  EXPECT_THAT(world->Drain(predecessor.get()), IsOk()) << shape.name;
  predecessor->plan.Kill();
  world->group().Expire(shape.options.name);
  world->Produce(kRecords);
  return world;
}

absl::Status RunWith(const Shape& shape, int64_t nth, const Fault& fault,
                     std::string* where) {
  const auto prepared = Prepared(shape);
  World& world = *prepared;
  auto first = world.Make(shape.options);
  first->plan.SetAny(nth, fault);
  absl::Status status = world.Drain(first.get());
  *where = absl::StrCat(shape.name, ", call ", nth, " (",
                        SeamCallName(first->plan.last_call()), ")");
  absl::Status promise = world.Check();
  if (!promise.ok()) return promise;
  if (status.ok()) return status;
  if (absl::IsInternal(status) && !IsStop(status)) return status;
  first->plan.Kill();
  world.group().Expire(shape.options.name);
  auto second = world.Make(shape.options);
  world.Produce(5);
  return world.Drain(second.get());
}

std::vector<SeamCall> CallsWithoutFaults(const Shape& shape) {
  const auto world = Prepared(shape);
  auto instance = world->Make(shape.options);
  std::vector<SeamCall> calls;
  instance->plan.set_chooser([&](SeamCall call, int64_t) {
    calls.push_back(call);
    return Fault();
  });
  EXPECT_THAT(world->Drain(instance.get()), IsOk()) << shape.name;
  return calls;
}

void CrashAtEveryCall(DeliveryMode mode) {
  for (const Shape& shape : Shapes(mode)) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    ASSERT_GT(trace.size(), 50u);
    for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
      for (const Fault& fault : {Fault::CrashBefore(), Fault::CrashAfter()}) {
        std::string where;
        ASSERT_THAT(RunWith(shape, nth, fault, &where), IsOk())
            << where
            << (fault.kind == Fault::Kind::kCrashAfter ? " after" : " before");
      }
    }
  }
}

void EveryError(DeliveryMode mode) {
  struct Case {
    const char* name;
    Fault fault;
    std::function<bool(SeamCall)> at;
  };
  const auto writes = [](SeamCall call) {
    return call == SeamCall::kBegin || call == SeamCall::kWrite ||
           call == SeamCall::kCommit;
  };
  const auto any = [](SeamCall call) {
    return call != SeamCall::kPosition && call != SeamCall::kCloseResults;
  };
  const std::vector<Case> cases = {
      {"unavailable before", Fault::FailBefore(absl::UnavailableError("x")),
       any},
      {"unavailable after", Fault::FailAfter(absl::UnavailableError("x")),
       [=](SeamCall call) {
         return any(call) && call != SeamCall::kCommitOffsets;
       }},
      {"aborted before", Fault::FailBefore(absl::AbortedError("x")),
       [](SeamCall call) { return call == SeamCall::kCommitOffsets; }},
      {"aborted after", Fault::FailAfter(absl::AbortedError("x")),
       [](SeamCall call) { return call == SeamCall::kOffsetsCommitted; }},
      {"unknown before", Fault::FailBefore(absl::UnknownError("x")), writes},
      {"unknown after", Fault::FailAfter(absl::UnknownError("x")), writes},
  };
  for (const Shape& shape : Shapes(mode)) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    for (const Case& c : cases) {
      for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
        if (!c.at(trace[static_cast<size_t>(nth - 1)])) continue;
        std::string where;
        ASSERT_THAT(RunWith(shape, nth, c.fault, &where), IsOk())
            << c.name << ", " << where;
      }
    }
  }
}

TEST(DeliveryMatrixTest, AtLeastOnceCrashes) {
  CrashAtEveryCall(DeliveryMode::kAtLeastOnce);
}
TEST(DeliveryMatrixTest, AtLeastOnceErrors) {
  EveryError(DeliveryMode::kAtLeastOnce);
}
TEST(DeliveryMatrixTest, AtMostOnceCrashes) {
  CrashAtEveryCall(DeliveryMode::kAtMostOnce);
}
TEST(DeliveryMatrixTest, AtMostOnceErrors) {
  EveryError(DeliveryMode::kAtMostOnce);
}

}  // namespace
}  // namespace exactmean

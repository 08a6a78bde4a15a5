// A crash at every call of the seam, before and after its effect; and every
// error that a call may return: whatever happens, the promise holds at each
// step, and a successor finishes the work.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"
#include "tests/world/world.h"

namespace exactmean {
namespace {

constexpr int kRecords = 40;

struct Shape {
  std::string name;
  InstanceOptions options;
  BadRecordPolicy on_bad_record = BadRecordPolicy::kSkip;
};

std::vector<Shape> Shapes() {
  std::vector<Shape> shapes(4);
  shapes[0].name = "static";
  shapes[1].name = "dynamic, eager, writes buffered";
  shapes[1].options.is_static = false;
  shapes[1].options.cooperative = false;
  shapes[1].options.buffer_writes = true;
  shapes[2].name = "few large commits";
  shapes[2].options.commit_policy = {absl::Seconds(1), 1000};
  shapes[3].name = "dead letters";
  shapes[3].on_bad_record = BadRecordPolicy::kDeadLetter;
  return shapes;
}

// A world with state to restore, and more input.
std::unique_ptr<World> Prepared(const Shape& shape) {
  WorldOptions options;
  options.partitions = 2;
  options.on_bad_record = shape.on_bad_record;
  auto world = std::make_unique<World>(options);
  world->Produce(kRecords);
  auto predecessor = world->Make(shape.options);
  EXPECT_THAT(world->Drain(predecessor.get()), IsOk());
  predecessor->plan.Kill();
  world->group().Expire(shape.options.name);
  world->Produce(kRecords);
  return world;
}

// Runs an instance in which `fault` meets the nth call, then, if it ends, a
// successor without faults. What went wrong, if anything.
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
  // Whoever held on to the group is forgotten.
  first->plan.Kill();
  world.group().Expire(shape.options.name);
  auto second = world.Make(shape.options);
  world.Produce(5);
  return world.Drain(second.get());
}

// The calls of a run without faults, in order.
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

TEST(CrashMatrixTest, AtEveryCall) {
  for (const Shape& shape : Shapes()) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    ASSERT_GT(trace.size(), 50u);
    for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
      for (const Fault& fault : {Fault::CrashBefore(), Fault::CrashAfter()}) {
        std::string where;
        EXPECT_THAT(RunWith(shape, nth, fault, &where), IsOk())
            << where
            << (fault.kind == Fault::Kind::kCrashAfter ? " after" : " before");
      }
    }
  }
}

TEST(CrashMatrixTest, EveryErrorAtEveryCall) {
  struct Case {
    const char* name;
    Fault fault;
    // Which calls may fail so.
    std::function<bool(SeamCall)> at;
  };
  const auto writes = [](SeamCall call) {
    return call == SeamCall::kBegin || call == SeamCall::kWrite ||
           call == SeamCall::kAddOffsets || call == SeamCall::kCommit;
  };
  const auto any = [](SeamCall call) {
    return call != SeamCall::kPosition && call != SeamCall::kCloseResults;
  };
  const auto not_commit = [=](SeamCall call) {
    return writes(call) && call != SeamCall::kCommit;
  };
  const std::vector<Case> cases = {
      {"unavailable before", Fault::FailBefore(absl::UnavailableError("x")),
       any},
      {"unavailable after", Fault::FailAfter(absl::UnavailableError("x")), any},
      {"aborted before", Fault::FailBefore(absl::AbortedError("x")), writes},
      {"aborted after", Fault::FailAfter(absl::AbortedError("x")), not_commit},
      {"unknown before", Fault::FailBefore(absl::UnknownError("x")), writes},
      {"unknown after", Fault::FailAfter(absl::UnknownError("x")), writes},
      {"fenced before", Fault::FailBefore(absl::FailedPreconditionError("x")),
       writes},
      {"fenced after", Fault::FailAfter(absl::FailedPreconditionError("x")),
       writes},
  };
  for (const Shape& shape : Shapes()) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    for (const Case& c : cases) {
      for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
        // A fault at call n leaves the calls before it as they were.
        if (!c.at(trace[static_cast<size_t>(nth - 1)])) continue;
        std::string where;
        EXPECT_THAT(RunWith(shape, nth, c.fault, &where), IsOk())
            << c.name << ", " << where;
      }
    }
  }
}

}  // namespace
}  // namespace exactmean

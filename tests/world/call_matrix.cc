// CrashAtEveryCall and FailAtEveryCall.

#include "tests/world/call_matrix.h"

#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "processor/step.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

// Of every other record it cannot tell when it is first asked, and of every
// eighth it never can. A new process has forgotten what it was asked.
class ForgetfulStep : public Step {
 public:
  absl::StatusOr<absl::optional<Sample>> Apply(
      const StepRecord& record) override {
    const int64_t offset = record.offset.value();
    const bool first = asked_.insert({record.partition, offset}).second;
    if (offset % 8 == 0 || (first && offset % 2 == 0)) {
      return absl::UnavailableError("not now");
    }
    if (!record.decoded.ok()) return record.decoded.status();
    return *record.decoded;
  }

 private:
  std::set<std::pair<Partition, int64_t>> asked_;
};

// A world with state to restore, and more input.
std::unique_ptr<World> Prepared(const MatrixShape& shape) {
  WorldOptions options;
  options.partitions = 2;
  options.on_bad_record = shape.on_bad_record;
  options.promise = shape.options.delivery.mode;
  options.retry = shape.retry;
  if (!shape.retry.topics.empty()) {
    options.spec = AnyOrder();
    options.step = [](const InstanceOptions&) {
      return std::make_unique<ForgetfulStep>();
    };
  }
  auto world = std::make_unique<World>(options);
  world->Produce(shape.records);
  auto predecessor = world->Make(shape.options);
  EXPECT_THAT(world->Drain(predecessor.get()), IsOk()) << shape.name;
  predecessor->plan.Kill();
  world->group().Expire(shape.options.name);
  world->Produce(shape.records);
  return world;
}

// Runs an instance in which `fault` meets the nth call, then, if it ends, a
// successor without faults. `survived`: it must not end. What went wrong, if
// anything.
absl::Status RunWith(const MatrixShape& shape, int64_t nth, const Fault& fault,
                     bool survived, std::string* where) {
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
  if (survived || (absl::IsInternal(status) && !IsStop(status))) return status;
  // Whoever held on to the group is forgotten.
  first->plan.Kill();
  world.group().Expire(shape.options.name);
  auto second = world.Make(shape.options);
  world.Produce(5);
  return world.Drain(second.get());
}

// The calls of a run without faults, in order.
std::vector<SeamCall> CallsWithoutFaults(const MatrixShape& shape) {
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

}  // namespace

std::vector<MatrixFault> TransactionFaults() {
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
  return {
      {"unavailable before", Fault::FailBefore(absl::UnavailableError("x")),
       any, /*survived=*/true},
      {"unavailable after", Fault::FailAfter(absl::UnavailableError("x")), any,
       /*survived=*/true},
      {"aborted before", Fault::FailBefore(absl::AbortedError("x")), writes,
       /*survived=*/true},
      {"aborted after", Fault::FailAfter(absl::AbortedError("x")), not_commit,
       /*survived=*/true},
      {"unknown before", Fault::FailBefore(absl::UnknownError("x")), writes},
      {"unknown after", Fault::FailAfter(absl::UnknownError("x")), writes},
      {"fenced before", Fault::FailBefore(absl::FailedPreconditionError("x")),
       writes},
      {"fenced after", Fault::FailAfter(absl::FailedPreconditionError("x")),
       writes},
  };
}

void CrashAtEveryCall(const std::vector<MatrixShape>& shapes) {
  for (const MatrixShape& shape : shapes) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    ASSERT_GT(trace.size(), 50u);
    for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
      for (const Fault& fault : {Fault::CrashBefore(), Fault::CrashAfter()}) {
        std::string where;
        EXPECT_THAT(RunWith(shape, nth, fault, /*survived=*/false, &where),
                    IsOk())
            << where
            << (fault.kind == Fault::Kind::kCrashAfter ? " after" : " before");
      }
    }
  }
}

void FailAtEveryCall(const std::vector<MatrixShape>& shapes,
                     const std::vector<MatrixFault>& faults) {
  for (const MatrixShape& shape : shapes) {
    const std::vector<SeamCall> trace = CallsWithoutFaults(shape);
    for (const MatrixFault& one : faults) {
      for (int64_t nth = 1; nth <= static_cast<int64_t>(trace.size()); ++nth) {
        // A fault at call n leaves the calls before it as they were.
        if (!one.at(trace[static_cast<size_t>(nth - 1)])) continue;
        std::string where;
        EXPECT_THAT(RunWith(shape, nth, one.fault, one.survived, &where),
                    IsOk())
            << one.name << ", " << where;
      }
    }
  }
}

}  // namespace exactmean

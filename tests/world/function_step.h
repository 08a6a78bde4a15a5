// A step that is a function.

#ifndef EXACTMEAN_TESTS_WORLD_FUNCTION_STEP_H_
#define EXACTMEAN_TESTS_WORLD_FUNCTION_STEP_H_

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/step.h"

namespace exactmean {

class FunctionStep : public Step {
 public:
  using Function =
      std::function<absl::StatusOr<absl::optional<Sample>>(const StepRecord&)>;
  explicit FunctionStep(Function function) : function_(std::move(function)) {}

  absl::StatusOr<absl::optional<Sample>> Apply(
      const StepRecord& record) override {
    return function_(record);
  }

 private:
  const Function function_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_WORLD_FUNCTION_STEP_H_

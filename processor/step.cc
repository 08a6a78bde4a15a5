// MakeStep and Describe.

#include "processor/step.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/stop.h"

namespace exactmean {

absl::StatusOr<std::unique_ptr<Step>> MakeStep(const StepSpec& spec,
                                               const StepFactories& linked) {
  if (spec.name.empty()) return std::unique_ptr<Step>();
  const auto found = linked.find(spec.name);
  if (found == linked.end()) {
    const std::string names = absl::StrJoin(
        linked, ", ", [](std::string* out, const StepFactories::value_type& s) {
          absl::StrAppend(out, "\"", s.first, "\"");
        });
    return Stop(
        StopReason::kNoStep,
        absl::StrCat("the configuration names the step \"", spec.name,
                     "\", which is not linked into this program (linked: ",
                     names.empty() ? "none" : names,
                     "). Run the program that was built with it: "
                     "docs/when-a-record-fails.md tells how"));
  }
  auto step = found->second(spec);
  if (!step.ok()) {
    return Stop(
        StopReason::kConfig,
        absl::StrCat("step \"", spec.name, "\": ", step.status().message()));
  }
  if (*step == nullptr) {
    return Stop(
        StopReason::kInternal,
        absl::StrCat("step \"", spec.name, "\": its factory made none"));
  }
  return step;
}

std::string Describe(const StepSpec& spec) {
  if (spec.name.empty()) return "";
  std::string text = spec.name;
  for (const auto& [name, value] : spec.properties) {
    absl::StrAppend(&text, " \"", absl::CHexEscape(name), "\"=\"",
                    absl::CHexEscape(value), "\"");
  }
  return text;
}

}  // namespace exactmean

// Runs, shrinking and explanations.

#include "tests/simulation/runner.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/simulation.h"

namespace exactmean {
namespace {

absl::Status RunSchedule(const Configuration& configuration,
                         const Schedule& schedule, Mutation mutation,
                         std::vector<std::string>* trace, Coverage* coverage) {
  Simulation simulation(configuration, schedule, mutation, trace);
  absl::Status status = simulation.Run();
  // The phases of its table are those of a transaction.
  if (coverage != nullptr && configuration.transactional()) {
    coverage->Merge(simulation.coverage());
  }
  return status;
}

std::string ReplayCommand(uint64_t seed, Mutation mutation) {
  std::string command =
      absl::StrCat("bazel run //tests/simulation:simulate -- --seed=", seed);
  if (mutation != Mutation::kNone) {
    absl::StrAppend(&command, " --mutation=", MutationName(mutation));
  }
  return command;
}

}  // namespace

absl::Status RunSeed(uint64_t seed, Mutation mutation, Coverage* coverage) {
  const Configuration configuration = ConfigurationOf(seed);
  if (mutation != Mutation::kNone &&
      IsPlain(mutation) == configuration.transactional()) {
    return absl::OkStatus();  // there is no such sin in this one
  }
  return RunSchedule(configuration, ScheduleOf(seed, configuration), mutation,
                     nullptr, coverage);
}

Schedule Shrink(const Schedule& schedule,
                const std::function<bool(const Schedule&)>& fails) {
  Schedule smallest = schedule;
  size_t chunk = std::max<size_t>(smallest.size() / 2, 1);
  while (true) {
    bool shrunk = false;
    for (size_t at = 0; at < smallest.size();) {
      Schedule less = smallest;
      const auto begin = less.begin() + static_cast<std::ptrdiff_t>(at);
      less.erase(begin, begin + static_cast<std::ptrdiff_t>(
                                    std::min(chunk, less.size() - at)));
      if (fails(less)) {
        smallest = std::move(less);
        shrunk = true;
      } else {
        at += chunk;
      }
    }
    if (!shrunk && chunk == 1) return smallest;
    if (!shrunk) chunk = (chunk + 1) / 2;
  }
}

Schedule Shrink(const Configuration& configuration, const Schedule& schedule,
                Mutation mutation) {
  const absl::StatusCode code =
      RunSchedule(configuration, schedule, mutation, nullptr, nullptr).code();
  return Shrink(schedule, [&](const Schedule& less) {
    return RunSchedule(configuration, less, mutation, nullptr, nullptr)
               .code() == code;
  });
}

std::string Explain(uint64_t seed, Mutation mutation) {
  const Configuration configuration = ConfigurationOf(seed);
  Schedule schedule = ScheduleOf(seed, configuration);
  const size_t all = schedule.size();
  absl::Status status =
      RunSchedule(configuration, schedule, mutation, nullptr, nullptr);
  if (!status.ok()) schedule = Shrink(configuration, schedule, mutation);
  std::vector<std::string> trace;
  const absl::Status shrunk =
      RunSchedule(configuration, schedule, mutation, &trace, nullptr);
  return absl::StrCat(
      "seed ", seed, ": ", status.ToString(), "\nto replay it:\n    ",
      ReplayCommand(seed, mutation), "\n", configuration.ToString(),
      "\nthe run of ", schedule.size(), " of its ", all,
      status.ok() ? " events:\n" : " events, which are enough to fail:\n",
      absl::StrJoin(trace, "\n"), "\n", shrunk.ToString(), "\n");
}

}  // namespace exactmean

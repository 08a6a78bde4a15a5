// The simulation by hand: long runs, and the replay of a seed.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "tests/simulation/runner.h"

namespace exactmean {
namespace {

constexpr char kUsage[] = R"(usage: simulate [OPTION]...

Runs the shipped processors on a simulated cluster, through schedules of crashes,
rebalances and lost answers, and checks the promise after every step.

  --seed=N         run this one alone, and print its trace
  --seeds=N        run so many (default 10000)
  --first=N        beginning with this one (default 1)
  --minutes=N      run for so long instead
  --mutation=NAME  with a deliberate fault, to see it caught; "list" names them
  --verbose        with the processors' own log
  --help

  bazel run --config=opt //tests/simulation:simulate -- --minutes=60
  bazel run //tests/simulation:simulate -- --seed=42

Exit code: 0 if no seed failed, 1 if one did (its replay is printed), 2 if the
options are wrong.
)";

struct Flags {
  bool has_seed = false;
  int64_t seed = 0;
  int64_t seeds = 10000;
  int64_t first = 1;
  int64_t minutes = 0;
  bool verbose = false;
  bool help = false;
  bool list = false;
  Mutation mutation = Mutation::kNone;
};

// Whether they are right.
bool Parse(int argc, char** argv, Flags* flags) {
  const std::map<std::string, int64_t*> numbers = {
      {"--seed", &flags->seed},
      {"--seeds", &flags->seeds},
      {"--first", &flags->first},
      {"--minutes", &flags->minutes}};
  for (int i = 1; i < argc; ++i) {
    const std::pair<std::string, std::string> flag =
        absl::StrSplit(argv[i], absl::MaxSplits('=', 1));
    const auto number = numbers.find(flag.first);
    if (number != numbers.end()) {
      if (!absl::SimpleAtoi(flag.second, number->second) ||
          *number->second < 0) {
        return false;
      }
      flags->has_seed |= flag.first == "--seed";
    } else if (flag.first == "--verbose") {
      flags->verbose = true;
    } else if (flag.first == "--help") {
      flags->help = true;
    } else if (flag.first == "--mutation" && flag.second == "list") {
      flags->list = true;
    } else if (flag.first == "--mutation" && MutationOf(flag.second)) {
      flags->mutation = *MutationOf(flag.second);
    } else {
      return false;
    }
  }
  return true;
}

int RunMany(const Flags& flags) {
  const absl::Time start = absl::Now();
  absl::Time told = start;
  Coverage coverage;
  const auto done = [&](int64_t run) {
    return flags.minutes > 0
               ? absl::Now() - start >= absl::Minutes(flags.minutes)
               : run >= flags.seeds;
  };
  int64_t run = 0;
  for (; !done(run); ++run) {
    const auto seed = static_cast<uint64_t>(flags.first + run);
    if (!RunSeed(seed, flags.mutation, &coverage).ok()) {
      std::cout << Explain(seed, flags.mutation);
      return 1;
    }
    if (absl::Now() - told < absl::Seconds(10)) continue;
    told = absl::Now();
    std::cout << run + 1 << " seeds in "
              << absl::FormatDuration(
                     absl::Trunc(told - start, absl::Seconds(1)))
              << std::endl;
  }
  std::cout << coverage.Table() << "\n"
            << run << " seeds, none failed, in "
            << absl::FormatDuration(
                   absl::Trunc(absl::Now() - start, absl::Milliseconds(100)))
            << "\n";
  for (const std::string& pair : coverage.Missing()) {
    std::cout << "never met: " << pair << "\n";
  }
  return 0;
}

int Main(int argc, char** argv) {
  Flags flags;
  if (!Parse(argc, argv, &flags)) {
    std::cerr << kUsage;
    return 2;
  }
  if (flags.help) {
    std::cout << kUsage;
    return 0;
  }
  if (flags.list) {
    for (int i = 1; i < kMutations; ++i) {
      std::cout << MutationName(static_cast<Mutation>(i)) << "\n";
    }
    return 0;
  }
  FLAGS_minloglevel = flags.verbose ? 0 : 3;
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  if (!flags.has_seed) return RunMany(flags);
  const auto seed = static_cast<uint64_t>(flags.seed);
  std::cout << Explain(seed, flags.mutation);
  return RunSeed(seed, flags.mutation, nullptr).ok() ? 0 : 1;
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) { return exactmean::Main(argc, argv); }

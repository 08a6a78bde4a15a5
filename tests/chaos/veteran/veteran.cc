// Its configuration, the looks at it, and its end.

#include "tests/chaos/veteran/veteran.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

namespace exactmean {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Seconds(1);

// The number before the last `what`; 0: there is none.
int64_t LastCount(absl::string_view log, absl::string_view what) {
  const size_t end = log.rfind(what);
  if (end == absl::string_view::npos) return 0;
  size_t begin = end;
  while (begin > 0 && absl::ascii_isdigit(log[begin - 1])) --begin;
  int64_t count = 0;
  // Nothing but digits, or nothing at all: then it stays 0.
  return absl::SimpleAtoi(log.substr(begin, end - begin), &count) ? count : 0;
}

int64_t Count(const std::string& log, const std::string& what) {
  int64_t count = 0;
  for (size_t at = log.find(what); at != std::string::npos;
       at = log.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

}  // namespace

StatusCounts LastStatus(const std::string& log) {
  return {LastCount(log, " commits, "), LastCount(log, " recoveries\n")};
}

bool HasRestored(const std::string& log) {
  return log.find("dispositions verified") != std::string::npos;
}

absl::StatusOr<std::unique_ptr<Veteran>> Veteran::Start(
    const VeteranOptions& options) {
  const std::string config =
      absl::StrCat(options.dir, "/", options.application, ".textproto");
  std::ofstream(config) << PipelineConfig(options.application, options.input,
                                          options.results);
  auto started = RunningInstance::Start(
      options.binary, config, options.servers, "veteran",
      absl::StrCat(options.dir, "/", options.application, ".log"),
      {"--status_every=1s",
       absl::StrCat("--config_override=", options.config,
                    " kafka { unreachable_deadline: \"1h\" }"
                    " group { membership: DYNAMIC }")});
  if (!started.ok()) return started.status();
  return std::unique_ptr<Veteran>(new Veteran(*std::move(started)));
}

void Veteran::Loop() {
  while (!ending_) {
    const auto held = ResourcesOf(instance_->process().pid());
    if (!held.ok()) return;  // Stop will tell why
    const std::string log = instance_->Log();
    samples_.push_back(
        {absl::Now(), LastStatus(log).commits, *held, HasRestored(log)});
    absl::SleepFor(kBetweenLooks);
  }
}

void Veteran::EndLooks() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

VeteranTally Veteran::Stop() {
  EndLooks();
  VeteranTally tally;
  tally.samples = std::move(samples_);
  const auto exit = instance_->Terminate();
  const std::string log = instance_->Log();
  tally.recoveries = LastStatus(log).recoveries;
  tally.restores = Count(log, " starts at offset ");
  if (!exit.ok()) {
    tally.complaint = std::string(exit.status().message());
  } else if (!exit->ok()) {
    tally.complaint =
        absl::StrCat(exit->ToString(), ":\n    ", instance_->LastLines());
  }
  return tally;
}

}  // namespace exactmean

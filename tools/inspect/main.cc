// exactmean-inspect: from the command line to one command, and its exit code.

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "glog/logging.h"
#include "processor/command_line.h"
#include "processor/stop.h"
#include "tools/inspect/command.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/screen.h"
#include "tools/inspect/session.h"

namespace exactmean {
namespace {

constexpr int kInterrupted = 130;

std::atomic<bool> stop{false};

// The first asks, the second ends.
void OnSignal(int signal) {
  if (!stop.exchange(true)) return;
  RestoreScreen();
  _exit(128 + signal);
}

const Command* Find(absl::string_view name) {
  for (const Command& command : AllCommands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string Names() {
  return absl::StrJoin(AllCommands(), ", ",
                       [](std::string* out, const Command& command) {
                         out->append(command.name);
                       });
}

int UsageError(absl::string_view problem, absl::string_view command) {
  std::cerr << "exactmean-inspect: " << problem << "\n(exactmean-inspect "
            << command << (command.empty() ? "" : " ")
            << "--help has examples)\n";
  return static_cast<int>(StopReason::kConfig);
}

std::string Help(const std::vector<std::string>& words) {
  const Command* const command = words.empty() ? nullptr : Find(words[0]);
  return command == nullptr ? ProgramHelp(AllCommands())
                            : CommandHelp(*command);
}

// Empty when the command takes all that it is given.
std::string WrongUse(const Command& command,
                     const std::vector<std::string>& words,
                     const std::vector<std::string>& flags) {
  if (words.size() < command.min_words) {
    return absl::StrCat(command.name, " needs ", command.arguments);
  }
  if (words.size() > command.max_words) {
    return absl::StrCat(command.name, " takes no \"", words[command.max_words],
                        "\"");
  }
  for (const std::string& flag : flags) {
    if (absl::c_linear_search(CommonFlags(), flag)) continue;
    const auto names = [&](const std::string& its) {
      return flag == its || flag == "no" + its;
    };
    if (absl::c_any_of(command.flags, names)) continue;
    if (absl::c_none_of(AllCommands(), [&](const Command& other) {
          return absl::c_any_of(other.flags, names);
        })) {
      continue;  // glog's or Abseil's own
    }
    return absl::StrCat(command.name, " takes no --", flag);
  }
  return "";
}

int Run(std::vector<std::string> words, const std::vector<std::string>& flags) {
  if (words.empty()) return UsageError(absl::StrCat("say what: ", Names()), "");
  const Command* const command = Find(words[0]);
  if (command == nullptr) {
    return UsageError(
        absl::StrCat("no command \"", words[0], "\"; there are ", Names()), "");
  }
  words.erase(words.begin());
  const std::string wrong = WrongUse(*command, words, flags);
  if (!wrong.empty()) return UsageError(wrong, command->name);
  const auto session =
      Session::FromFlags(&std::cout, &std::cerr, &stop, command->with_kafka);
  absl::Status status =
      session.ok() ? command->run(**session, words) : session.status();
  std::cout.flush();
  if (stop) return kInterrupted;
  if (!std::cout.good()) {
    std::cerr << "exactmean-inspect: cannot write the output\n";
    return static_cast<int>(StopReason::kInternal);
  }
  if (status.ok()) return 0;
  status = WithExitCode(status);
  std::cerr << "exactmean-inspect: " << status.message() << "\n";
  return static_cast<int>(ReasonOf(status));
}

}  // namespace
}  // namespace exactmean

int main(int argc, char** argv) {
  FLAGS_logtostderr = true;
  google::InitGoogleLogging(argv[0]);
  struct sigaction action = {};
  action.sa_handler = exactmean::OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that has seen enough, as `head`, ends us as it ends others.
  const std::vector<std::string> flags = exactmean::GivenFlags(argc, argv);
  return exactmean::Run(
      exactmean::ParseCommandLine(argc, argv, &exactmean::Help), flags);
}

// InspectMain: from the command line to one command, and its exit code.

#include "tools/inspect/main.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "glog/logging.h"
#include "processor/command_line.h"
#include "processor/stop.h"
#include "tools/inspect/command.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/exit_code.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/screen.h"
#include "tools/inspect/session.h"

namespace exactmean {
namespace {

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

// Is it a flag of this program, not of a library?
bool IsOurs(absl::string_view flag) {
  const absl::CommandLineFlag* found = absl::FindCommandLineFlag(flag);
  if (found == nullptr && absl::ConsumePrefix(&flag, "no")) {
    found = absl::FindCommandLineFlag(flag);
  }
  return found != nullptr &&
         absl::StrContains(found->Filename(), "tools/inspect/");
}

// By the first argument, where that decides.
const std::vector<std::string>& FlagsOf(const Command& command,
                                        const std::vector<std::string>& words,
                                        std::string* name) {
  if (words.empty()) return command.flags;
  const auto found = command.flags_by_word.find(words[0]);
  if (found == command.flags_by_word.end()) return command.flags;
  absl::StrAppend(name, " ", words[0]);
  return found->second;
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
  std::string name = command.name;
  const std::vector<std::string>& taken = FlagsOf(command, words, &name);
  for (const std::string& flag : flags) {
    if (absl::c_linear_search(CommonFlags(), flag)) continue;
    if (absl::c_any_of(taken, [&](const std::string& its) {
          return flag == its || flag == "no" + its;
        })) {
      continue;
    }
    if (!IsOurs(flag)) continue;
    return absl::StrCat(name, " takes no --", flag);
  }
  for (const std::vector<std::string>& alternatives : command.alternatives) {
    std::vector<std::string> given;
    absl::c_copy_if(alternatives, std::back_inserter(given),
                    [&](const std::string& one) {
                      return absl::c_linear_search(flags, one);
                    });
    if (given.size() < 2) continue;
    return absl::StrCat("--", absl::StrJoin(given, " and --"), ": which?");
  }
  return "";
}

int Run(std::vector<std::string> words, const std::vector<std::string>& flags,
        const StepFactories& steps) {
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
      Session::FromFlags(&std::cout, &std::cerr, &stop, command->needs, steps);
  const absl::Status status =
      session.ok() ? command->run(**session, words) : session.status();
  std::cout.flush();
  if (!status.ok()) {
    std::cerr << "exactmean-inspect: " << status.message() << "\n";
  } else if (!std::cout.good()) {
    std::cerr << "exactmean-inspect: cannot write the output\n";
    return static_cast<int>(StopReason::kInternal);
  }
  return ExitCodeOf(status);
}

}  // namespace

int InspectMain(int argc, char** argv, const StepFactories& steps) {
  FLAGS_logtostderr = true;
  // The answer names the last trouble of a client; its passing ones are noise.
  if (std::getenv("GLOG_minloglevel") == nullptr) {
    FLAGS_minloglevel = google::GLOG_ERROR;
  }
  google::InitGoogleLogging(argv[0]);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const std::vector<std::string> flags = GivenFlags(argc, argv);
  return Run(ParseCommandLine(argc, argv, &Help), flags, steps);
}

}  // namespace exactmean

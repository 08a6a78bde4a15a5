// ParseCommandLine and HelpText.

#include "processor/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "glog/logging.h"
#include "processor/version.h"

namespace exactmean {
namespace {

constexpr int kUsageError = 2;
constexpr int kCannotWrite = 1;
constexpr size_t kWidth = 78;
constexpr absl::string_view kIndent = "      ";

// In lines of at most kWidth, indented.
std::string Wrapped(absl::string_view text) {
  std::string wrapped;
  size_t column = kWidth;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column + 1 + word.size() > kWidth) {
      absl::StrAppend(&wrapped, "\n", kIndent, word);
      column = kIndent.size() + word.size();
    } else {
      absl::StrAppend(&wrapped, " ", word);
      column += 1 + word.size();
    }
  }
  return wrapped;
}

// Prints what was asked for, and ends the process.
[[noreturn]] void End(const std::string& text) {
  std::cout << text << std::flush;
  if (std::cout.good()) std::exit(0);
  std::cerr << "cannot write to standard output" << std::endl;
  std::exit(kCannotWrite);
}

// While Abseil's parser runs, which ends the process itself, with 1, when it
// does not like what it reads.
bool parsing = false;

}  // namespace

std::string HelpText(absl::string_view usage, absl::string_view file) {
  std::vector<std::string> names;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (flag->Filename() == file) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return absl::StrCat(usage, "\n\nFlags:\n", FlagsText(names));
}

std::string FlagsText(absl::Span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    CHECK(flag != nullptr) << "no flag --" << name;
    absl::StrAppend(&text, "  --", name);
    const std::string value = flag->DefaultValue();
    if (!value.empty()) absl::StrAppend(&text, "  (default: ", value, ")");
    absl::StrAppend(&text, Wrapped(flag->Help()), "\n");
  }
  return text;
}

std::vector<std::string> GivenFlags(int argc, char** argv) {
  std::vector<std::string> names;
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    absl::string_view word = argv[i];
    if (!absl::ConsumePrefix(&word, "-")) continue;
    absl::ConsumePrefix(&word, "-");
    names.emplace_back(word.substr(0, word.find('=')));
  }
  return names;
}

std::vector<std::string> ParseCommandLine(int argc, char** argv,
                                          absl::string_view usage,
                                          absl::string_view file) {
  return ParseCommandLine(argc, argv, [&](const std::vector<std::string>&) {
    return HelpText(usage, file);
  });
}

std::vector<std::string> ParseCommandLine(
    int argc, char** argv,
    absl::FunctionRef<std::string(const std::vector<std::string>&)> help) {
  std::vector<std::string> words_so_far;
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--help" || word == "-help" || word == "-h") {
      End(help(words_so_far));
    }
    if (!absl::StartsWith(word, "-")) words_so_far.emplace_back(word);
    if (word == "--version" || word == "-version") {
      End(absl::StrCat(kVersion, "\n"));
    }
  }
  parsing = true;
  std::atexit([] {
    if (parsing) _exit(kUsageError);
  });
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  parsing = false;
  return {words.begin() + 1, words.end()};
}

void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view file) {
  const std::vector<std::string> words =
      ParseCommandLine(argc, argv, usage, file);
  if (words.empty()) return;
  std::cerr << "what is \"" << words[0]
            << "\"? This program takes flags alone; --help lists them"
            << std::endl;
  std::exit(kUsageError);
}

}  // namespace exactmean

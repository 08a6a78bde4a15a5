// ParseCommandLine and HelpText.

#include "processor/command_line.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "processor/version.h"

namespace exactmean {
namespace {

constexpr int kUsageError = 2;
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

// While Abseil's parser runs, which ends the process itself, with 1, when it
// does not like what it reads.
bool parsing = false;

}  // namespace

std::string HelpText(absl::string_view usage, absl::string_view file) {
  std::map<absl::string_view, const absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (flag->Filename() == file) flags[name] = flag;
  }
  std::string text = absl::StrCat(usage, "\n\nFlags:\n");
  for (const auto& [name, flag] : flags) {
    absl::StrAppend(&text, "  --", name);
    const std::string value = flag->DefaultValue();
    if (!value.empty()) absl::StrAppend(&text, "  (default: ", value, ")");
    absl::StrAppend(&text, Wrapped(flag->Help()), "\n");
  }
  return text;
}

std::vector<std::string> ParseCommandLine(int argc, char** argv,
                                          absl::string_view usage,
                                          absl::string_view file) {
  for (int i = 1; i < argc && absl::string_view(argv[i]) != "--"; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--help" || word == "-help" || word == "-h") {
      std::cout << HelpText(usage, file);
      std::exit(0);
    }
    if (word == "--version" || word == "-version") {
      std::cout << kVersion << std::endl;
      std::exit(0);
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

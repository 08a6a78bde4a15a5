// Help.

#include "processor/help.h"

#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace exactmean {
namespace {

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

}  // namespace

bool HelpWanted(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view word = argv[i];
    if (word == "--") return false;
    if (word == "--help" || word == "-help" || word == "-h") return true;
  }
  return false;
}

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

}  // namespace exactmean

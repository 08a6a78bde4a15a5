// Parses JSON pointers.

#include "processor/decoder/json_pointer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "processor/decoder/excerpt.h"

namespace exactmean {
namespace {

// Decoding recurses as deep as the pointer goes.
constexpr size_t kMaxSteps = 64;

absl::Status Malformed(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(Excerpt(text), " is no JSON pointer: ", why));
}

// Whether "~" is only met in "~0" and "~1"; if so, `name` is the text meant.
bool Unescape(absl::string_view escaped, std::string* name) {
  for (size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '~') {
      name->push_back(escaped[i]);
      continue;
    }
    ++i;
    if (i == escaped.size() || (escaped[i] != '0' && escaped[i] != '1')) {
      return false;
    }
    name->push_back(escaped[i] == '0' ? '~' : '/');
  }
  return true;
}

// "0" or digits without a leading zero; else -1.
int64_t IndexOf(absl::string_view name) {
  int64_t index = -1;
  if (name.find_first_not_of("0123456789") != absl::string_view::npos ||
      (name.size() > 1 && name.front() == '0') ||
      !absl::SimpleAtoi(name, &index)) {
    return -1;
  }
  return index;
}

}  // namespace

absl::StatusOr<JsonPointer> ParseJsonPointer(absl::string_view text) {
  if (text.empty() || text.front() != '/') {
    return Malformed(text, "it begins with \"/\", as \"/price\" does");
  }
  JsonPointer pointer;
  pointer.text = std::string(text);
  for (const absl::string_view escaped : absl::StrSplit(text.substr(1), '/')) {
    JsonPointer::Step step;
    if (!Unescape(escaped, &step.name)) {
      return Malformed(text, "\"~\" is written \"~0\" (and \"/\" \"~1\")");
    }
    step.index = IndexOf(step.name);
    pointer.steps.push_back(std::move(step));
  }
  if (pointer.steps.size() > kMaxSteps) {
    return Malformed(text,
                     absl::StrCat("it has more than ", kMaxSteps, " steps"));
  }
  return pointer;
}

}  // namespace exactmean

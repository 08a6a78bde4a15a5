// Walks a document once, following both pointers at the same time.

#include "processor/decoder/json_fields.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/excerpt.h"
#include "processor/decoder/json_scanner.h"

namespace exactmean {
namespace {

constexpr int kMaxDepth = 256;

// A set of pointers: bit i is pointer i.
using PointerSet = unsigned;

// One walk over one document. Its functions return false once something is
// wrong, which why() then tells.
class Walk {
 public:
  // `pointers` and `unescaped` outlive the walk and the texts it finds.
  Walk(absl::string_view document, const std::vector<JsonPointer>& pointers,
       std::array<std::string, 2>* unescaped)
      : scanner_(document), pointers_(pointers), unescaped_(*unescaped) {}

  bool Document();

  const std::array<absl::string_view, 2>& texts() const { return texts_; }
  const std::string& why() const { return why_; }

 private:
  // `active`: the pointers that lead to this value, or to one inside of it;
  // `depth`: how many steps down it is.
  bool Value(int depth, PointerSet active);
  bool Object(int depth, PointerSet active);
  bool Array(int depth, PointerSet active);
  bool Found(PointerSet ending);
  bool Aside();

  template <typename Predicate>
  PointerSet Where(PointerSet among, Predicate predicate) const {
    PointerSet result = 0;
    for (size_t i = 0; i < pointers_.size(); ++i) {
      if ((among >> i & 1) != 0 && predicate(pointers_[i])) result |= 1u << i;
    }
    return result;
  }
  PointerSet Matching(const JsonString& name, int depth, PointerSet active);

  bool Malformed(absl::string_view expected) {
    return Bad(absl::StrCat("not valid JSON at byte ", scanner_.position(),
                            ", where ", expected, " should be"));
  }
  bool Bad(std::string why) {
    why_ = std::move(why);
    return false;
  }
  std::string NameOf(PointerSet set) const {
    return Excerpt(pointers_[(set & 1) != 0 ? 0 : 1].text);
  }

  JsonScanner scanner_;
  const std::vector<JsonPointer>& pointers_;
  std::array<std::string, 2>& unescaped_;
  std::array<absl::string_view, 2> texts_;
  PointerSet found_ = 0;
  std::string name_;
  std::string why_;
};

bool Walk::Document() {
  const PointerSet all = (1u << pointers_.size()) - 1;
  const char first = scanner_.Peek();
  if (first != '{' && first != '[') return Malformed("'{' or '['");
  if (!Value(0, all)) return false;
  if (!scanner_.AtEnd()) return Malformed("the end");
  if (found_ != all) {
    return Bad(absl::StrCat("nothing at ", NameOf(all & ~found_)));
  }
  return true;
}

bool Walk::Value(int depth, PointerSet active) {
  if (active != 0) {
    const PointerSet ending =
        Where(active, [depth](const JsonPointer& pointer) {
          return pointer.steps.size() == static_cast<size_t>(depth);
        });
    if (ending != 0) return Found(ending);
  }
  switch (scanner_.Peek()) {
    case '{':
      return Object(depth, active);
    case '[':
      return Array(depth, active);
    default:
      return Aside();
  }
}

bool Walk::Object(int depth, PointerSet active) {
  if (depth == kMaxDepth) return Malformed("less nesting");
  scanner_.Take('{');
  if (scanner_.Take('}')) return true;
  PointerSet seen = 0;
  do {
    JsonString name;
    if (scanner_.Peek() != '"') return Malformed("a member's name");
    if (!scanner_.TakeString(&name)) return Malformed("more of a name");
    if (!scanner_.Take(':')) return Malformed("':'");
    const PointerSet matching = active == 0 ? 0 : Matching(name, depth, active);
    if ((seen & matching) != 0) {
      return Bad(absl::StrCat("member ", Excerpt(name.raw), " twice"));
    }
    seen |= matching;
    if (!Value(depth + 1, matching)) return false;
  } while (scanner_.Take(','));
  return scanner_.Take('}') || Malformed("',' or '}'");
}

bool Walk::Array(int depth, PointerSet active) {
  if (depth == kMaxDepth) return Malformed("less nesting");
  scanner_.Take('[');
  if (scanner_.Take(']')) return true;
  int64_t index = 0;
  do {
    const PointerSet matching =
        Where(active, [depth, index](const JsonPointer& pointer) {
          return pointer.steps[depth].index == index;
        });
    if (!Value(depth + 1, matching)) return false;
    ++index;
  } while (scanner_.Take(','));
  return scanner_.Take(']') || Malformed("',' or ']'");
}

PointerSet Walk::Matching(const JsonString& name, int depth,
                          PointerSet active) {
  absl::string_view text = name.raw;
  if (name.escaped) {
    if (!UnescapeJson(name.raw, &name_)) return 0;  // no pointer spells it
    text = name_;
  }
  return Where(active, [depth, text](const JsonPointer& pointer) {
    return pointer.steps[depth].name == text;
  });
}

// Takes the value that the pointers in `ending` lead to.
bool Walk::Found(PointerSet ending) {
  absl::string_view text;
  if (scanner_.Peek() == '"') {
    JsonString string;
    if (!scanner_.TakeString(&string)) return Malformed("more of a string");
    text = string.raw;
    if (string.escaped) {
      std::string& unescaped = unescaped_[(ending & 1) != 0 ? 0 : 1];
      if (!UnescapeJson(string.raw, &unescaped)) {
        return Bad(absl::StrCat("half a character at ", NameOf(ending)));
      }
      text = unescaped;
    }
  } else if (!scanner_.TakeNumber(&text)) {
    return Bad(
        absl::StrCat("neither a number nor a string at ", NameOf(ending)));
  }
  for (size_t i = 0; i < pointers_.size(); ++i) {
    if ((ending >> i & 1) != 0) texts_[i] = text;
  }
  found_ |= ending;
  return true;
}

// Steps over a value that is neither an object nor an array. REQUIRES: Peek was
// called.
bool Walk::Aside() {
  JsonString string;
  absl::string_view number;
  switch (scanner_.Peek()) {
    case '"':
      return scanner_.TakeString(&string) || Malformed("more of a string");
    case 't':
      return scanner_.TakeWord("true") || Malformed("a value");
    case 'f':
      return scanner_.TakeWord("false") || Malformed("a value");
    case 'n':
      return scanner_.TakeWord("null") || Malformed("a value");
    case 'N':
      return scanner_.TakeWord("NaN") || Malformed("a value");
    case 'I':
      return scanner_.TakeWord("Infinity") || Malformed("a value");
    default:
      return scanner_.TakeNumber(&number) || scanner_.TakeWord("-Infinity") ||
             Malformed("a value");
  }
}

class JsonFields : public FieldReader {
 public:
  JsonFields(JsonPointer value, absl::optional<JsonPointer> time) {
    pointers_.push_back(std::move(value));
    if (time.has_value()) pointers_.push_back(*std::move(time));
  }

  absl::StatusOr<Fields> Read(absl::string_view record) override {
    Walk walk(record, pointers_, &unescaped_);
    if (!walk.Document()) {
      return absl::InvalidArgumentError(
          absl::StrCat(walk.why(), ", in ", Excerpt(record)));
    }
    return Fields{walk.texts()[0], walk.texts()[1]};
  }

 private:
  std::vector<JsonPointer> pointers_;  // the value's, then the time's, if any
  std::array<std::string, 2> unescaped_;
};

}  // namespace

std::unique_ptr<FieldReader> MakeJsonFields(JsonPointer value,
                                            absl::optional<JsonPointer> time) {
  return std::make_unique<JsonFields>(std::move(value), std::move(time));
}

}  // namespace exactmean

// Walks a document once with simdjson's on-demand parser, following both
// pointers at the same time. Only its calls that return error codes are used,
// so nothing is thrown.

#include "processor/decoder/json_fields.h"

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/excerpt.h"
#include "processor/decoder/number.h"
#include "simdjson.h"

namespace exactmean {
namespace {

namespace ondemand = simdjson::ondemand;

// A set of pointers: bit i is pointer i.
using PointerSet = unsigned;

absl::Status JsonError(simdjson::error_code code) {
  return absl::InvalidArgumentError(
      absl::StrCat("not valid JSON: ", simdjson::error_message(code)));
}

class JsonFields : public FieldReader {
 public:
  JsonFields(JsonPointer value, absl::optional<JsonPointer> time) {
    pointers_.push_back(std::move(value));
    if (time.has_value()) pointers_.push_back(*std::move(time));
  }

  absl::StatusOr<Fields> Read(absl::string_view record) override {
    const absl::Status status = Walk(record);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(status.message(), ", in ", Excerpt(record)));
    }
    return Fields{texts_[0], texts_[1]};
  }

 private:
  PointerSet All() const { return (1u << pointers_.size()) - 1; }

  absl::Status Walk(absl::string_view record);
  absl::Status WalkObject(ondemand::object object, size_t depth,
                          PointerSet active);
  absl::Status WalkArray(ondemand::array array, size_t depth,
                         PointerSet active);
  absl::Status Visit(ondemand::value value, size_t depth, PointerSet active);
  absl::StatusOr<absl::string_view> TextOf(ondemand::value value,
                                           absl::string_view where);
  PointerSet Matching(absl::string_view name, size_t depth,
                      PointerSet active) const;
  absl::string_view TextOfFirst(PointerSet set) const {
    return pointers_[(set & 1u) != 0 ? 0 : 1].text;
  }

  std::vector<JsonPointer> pointers_;  // the value's, then the time's, if any
  ondemand::parser parser_;
  std::string padded_;  // the record and what simdjson may read after it

  // Of the document being read:
  std::array<absl::string_view, 2> texts_;
  PointerSet found_ = 0;
};

absl::Status JsonFields::Walk(absl::string_view record) {
  // Newer versions of the parser skip the mark, older do not.
  if (absl::StartsWith(record, "\xEF\xBB\xBF")) {
    return absl::InvalidArgumentError("a byte order mark before the JSON");
  }
  if (padded_.size() < record.size() + simdjson::SIMDJSON_PADDING) {
    padded_.resize(2 * record.size() + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(&padded_[0], record.data(), record.size());
  std::memset(&padded_[record.size()], ' ', simdjson::SIMDJSON_PADDING);
  found_ = 0;

  ondemand::document document;
  simdjson::error_code error =
      parser_.iterate(padded_.data(), record.size(), padded_.size())
          .get(document);
  if (error != simdjson::SUCCESS) return JsonError(error);
  ondemand::json_type type;
  error = document.type().get(type);
  if (error != simdjson::SUCCESS) return JsonError(error);

  absl::Status status;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    error = document.get_object().get(object);
    if (error != simdjson::SUCCESS) return JsonError(error);
    status = WalkObject(object, 0, All());
  } else if (type == ondemand::json_type::array) {
    ondemand::array array;
    error = document.get_array().get(array);
    if (error != simdjson::SUCCESS) return JsonError(error);
    status = WalkArray(array, 0, All());
  } else {
    return absl::InvalidArgumentError("neither an object nor an array");
  }
  if (!status.ok()) return status;
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    return absl::InvalidArgumentError("not valid JSON: text after its end");
  }
  if (found_ != All()) {
    return absl::InvalidArgumentError(
        absl::StrCat("nothing at ", Excerpt(TextOfFirst(All() & ~found_))));
  }
  return absl::OkStatus();
}

// The member's name. A name without escapes, as nearly all are, is compared
// where it stands.
simdjson::error_code NameOf(ondemand::field* field, absl::string_view* name) {
  const char* const begin = field->key().raw();
  const char* end = begin;
  while (*end != '"' && *end != '\\') ++end;  // strings are known to be closed
  if (*end == '"') {
    *name = absl::string_view(begin, end - begin);
    return simdjson::SUCCESS;
  }
  std::string_view unescaped;
  const simdjson::error_code error = field->unescaped_key().get(unescaped);
  *name = absl::string_view(unescaped.data(), unescaped.size());
  return error;
}

absl::Status JsonFields::WalkObject(ondemand::object object, size_t depth,
                                    PointerSet active) {
  PointerSet seen = 0;
  for (simdjson::simdjson_result<ondemand::field> result : object) {
    ondemand::field field;
    absl::string_view name;
    simdjson::error_code error = std::move(result).get(field);
    if (error == simdjson::SUCCESS) error = NameOf(&field, &name);
    if (error != simdjson::SUCCESS) return JsonError(error);
    const PointerSet matching = Matching(name, depth, active);
    if (matching == 0) continue;
    if ((seen & matching) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("member ", Excerpt(name), " twice"));
    }
    seen |= matching;
    const absl::Status status = Visit(field.value(), depth + 1, matching);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status JsonFields::WalkArray(ondemand::array array, size_t depth,
                                   PointerSet active) {
  int64_t index = 0;
  for (simdjson::simdjson_result<ondemand::value> result : array) {
    ondemand::value value;
    const simdjson::error_code error = std::move(result).get(value);
    if (error != simdjson::SUCCESS) return JsonError(error);
    PointerSet matching = 0;
    for (size_t i = 0; i < pointers_.size(); ++i) {
      const PointerSet bit = 1u << i;
      if ((active & bit) != 0 && pointers_[i].steps[depth].index == index) {
        matching |= bit;
      }
    }
    ++index;
    if (matching == 0) continue;
    const absl::Status status = Visit(value, depth + 1, matching);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

PointerSet JsonFields::Matching(absl::string_view name, size_t depth,
                                PointerSet active) const {
  PointerSet matching = 0;
  for (size_t i = 0; i < pointers_.size(); ++i) {
    const PointerSet bit = 1u << i;
    if ((active & bit) != 0 && pointers_[i].steps[depth].name == name) {
      matching |= bit;
    }
  }
  return matching;
}

// `value` is `depth` steps down the pointers in `active`.
absl::Status JsonFields::Visit(ondemand::value value, size_t depth,
                               PointerSet active) {
  PointerSet ending = 0;
  for (size_t i = 0; i < pointers_.size(); ++i) {
    const PointerSet bit = 1u << i;
    if ((active & bit) != 0 && pointers_[i].steps.size() == depth) {
      ending |= bit;
    }
  }
  if (ending != 0) {
    const absl::StatusOr<absl::string_view> text =
        TextOf(value, TextOfFirst(ending));
    if (!text.ok()) return text.status();
    for (size_t i = 0; i < pointers_.size(); ++i) {
      if ((ending & (1u << i)) != 0) texts_[i] = *text;
    }
    found_ |= ending;
    return absl::OkStatus();
  }
  ondemand::json_type type;
  simdjson::error_code error = value.type().get(type);
  if (error != simdjson::SUCCESS) return JsonError(error);
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    error = value.get_object().get(object);
    if (error != simdjson::SUCCESS) return JsonError(error);
    return WalkObject(object, depth, active);
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    error = value.get_array().get(array);
    if (error != simdjson::SUCCESS) return JsonError(error);
    return WalkArray(array, depth, active);
  }
  return absl::OkStatus();  // a dead end: nothing is found below it
}

// The text of a number or a string; of nothing else.
absl::StatusOr<absl::string_view> JsonFields::TextOf(ondemand::value value,
                                                     absl::string_view where) {
  ondemand::json_type type;
  simdjson::error_code error = value.type().get(type);
  if (error != simdjson::SUCCESS) return JsonError(error);
  if (type == ondemand::json_type::string) {
    std::string_view text;
    error = value.get_string().get(text);
    if (error != simdjson::SUCCESS) return JsonError(error);
    return absl::string_view(text.data(), text.size());
  }
  if (type == ondemand::json_type::number) {
    const std::string_view token = value.raw_json_token();
    const absl::string_view text = absl::StripTrailingAsciiWhitespace(
        absl::string_view(token.data(), token.size()));
    if (IsJsonNumber(text)) return text;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("neither a number nor a string at ", Excerpt(where)));
}

}  // namespace

std::unique_ptr<FieldReader> MakeJsonFields(JsonPointer value,
                                            absl::optional<JsonPointer> time) {
  return std::make_unique<JsonFields>(std::move(value), std::move(time));
}

}  // namespace exactmean

// Our JSON reader and simdjson's DOM parser: what is JSON, and what lies at a
// pointer. The first line is the pointer, the rest the document.

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_fields.h"
#include "processor/decoder/json_pointer.h"
#include "processor/decoder/number.h"
#include "simdjson.h"
#include "tests/fuzz/refusal.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

// Where the two differ, by design or by the version of simdjson.
bool IsBeyondComparison(absl::string_view document) {
  int digits = 0, depth = 0;
  for (const char c : document) {
    // Its numbers end where int64 and double do; ours are text.
    digits = absl::ascii_isdigit(c) ? digits + 1 : 0;
    depth += c == '{' || c == '[' ? 1 : 0;
    if (digits > 18 || depth > 256) return true;
  }
  for (const absl::string_view mark :
       {"NaN", "Infinity",  // ours lets them pass
        "\\uD", "\\ud",     // surrogates: some versions let halves pass
        "\xEF\xBB\xBF"}) {  // a byte order mark: some versions skip it
    if (absl::StrContains(document, mark)) return true;
  }
  return false;
}

bool HasExponent(absl::string_view document) {
  return document.find_first_of("eE") != absl::string_view::npos;
}

// Whether `text` is what the DOM has at the pointer.
void CheckFound(absl::string_view text, const simdjson::dom::element& found) {
  if (found.is_string()) {
    const auto expected = found.get_string().value_unsafe();
    FUZZ_CHECK(text == absl::string_view(expected.data(), expected.size()),
               std::string(expected));
    return;
  }
  FUZZ_CHECK(found.is_number(), "neither number nor string");
  const absl::StatusOr<double> number = ParseNumber(text);
  FUZZ_CHECK(number.ok(), number.status().ToString());
  FUZZ_CHECK(*number == found.get_double().value_unsafe(), std::string(text));
}

// Our complaints about what is JSON all the same.
bool IsComplaintOfPointer(const absl::Status& status) {
  const absl::string_view why = status.message();
  return absl::StartsWith(why, "nothing at") ||
         absl::StartsWith(why, "neither a number") ||
         absl::StartsWith(why, "member ") ||
         absl::StartsWith(why, "half a character");
}

void CheckAgreement(const JsonPointer& pointer, absl::string_view document,
                    const absl::StatusOr<Fields>& fields) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::error_code error =
      parser.parse(std::string(document)).get(root);
  // "1e999" is a number to us, and no double to simdjson.
  if (error == simdjson::NUMBER_ERROR && HasExponent(document)) return;
  if (error != simdjson::SUCCESS || !(root.is_object() || root.is_array())) {
    // The walk stops at a complaint of the pointer, maybe before the trouble.
    FUZZ_CHECK(!fields.ok(), "accepted what is no JSON");
    FUZZ_CHECK(!absl::StartsWith(fields.status().message(), "nothing at"),
               simdjson::error_message(error));
    return;
  }
  FUZZ_CHECK(fields.ok() || IsComplaintOfPointer(fields.status()),
             fields.status().ToString());
  simdjson::dom::element found;
  const bool is_there = root.at_pointer(pointer.text).get(found) == 0;
  if (fields.ok()) {
    FUZZ_CHECK(is_there, "found nothing");
    CheckFound(fields->value, found);
  } else if (!absl::StartsWith(fields.status().message(), "member ")) {
    FUZZ_CHECK(!is_there || !(found.is_string() || found.is_number()),
               fields.status().ToString());
  }
}

// `document` ends where its memory does: a byte too far is noticed.
void CheckDocument(const JsonPointer& pointer, absl::string_view document) {
  const auto reader = MakeJsonFields(pointer, absl::nullopt);
  const absl::StatusOr<Fields> fields = reader->Read(document);
  if (!fields.ok()) CheckBadRecord(fields.status());
  if (!IsBeyondComparison(document) && !IsBeyondComparison(pointer.text)) {
    CheckAgreement(pointer, document, fields);
  }
  if (!fields.ok()) return;
  FUZZ_CHECK(fields->value.size() <= document.size(), "longer than the record");
  // Followed with another pointer, either finds what it finds alone.
  const JsonPointer time = ParseJsonPointer("/t").value();
  const std::string value(fields->value);
  const auto time_reader = MakeJsonFields(time, absl::nullopt);
  const absl::StatusOr<Fields> of_time = time_reader->Read(document);
  const std::string time_text(of_time.ok() ? of_time->value : "");
  const auto both_reader = MakeJsonFields(pointer, time);
  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<Fields> both = both_reader->Read(document);
    FUZZ_CHECK(both.ok() == of_time.ok(), both.status().ToString());
    if (!both.ok()) return;
    FUZZ_CHECK(both->value == value && both->time == time_text, value);
  }
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input = exactmean::InputText(data, size);
  const size_t line = std::min(input.find('\n'), input.size());
  auto pointer = exactmean::ParseJsonPointer(input.substr(0, line));
  if (!pointer.ok()) {
    exactmean::CheckBadRecord(pointer.status());
    pointer = exactmean::ParseJsonPointer("/a");
  }
  exactmean::CheckDocument(*pointer,
                           input.substr(std::min(line + 1, input.size())));
  return 0;
}

// What is JSON and what is not: our reader and simdjson's DOM parser agree.

#include <cstddef>
#include <memory>
#include <random>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "processor/decoder/fields.h"
#include "processor/decoder/json_fields.h"
#include "processor/decoder/json_pointer.h"
#include "simdjson.h"

namespace exactmean {
namespace {

// Whether `record` is JSON, as our reader says: nothing is at the pointer, but
// that is the only complaint.
bool IsJson(FieldReader* reader, const std::string& record) {
  const absl::StatusOr<Fields> fields = reader->Read(record);
  return absl::StartsWith(fields.status().message(), "nothing at");
}

// Changes a few places of `record`, mostly with bytes that mean something.
void Damage(std::mt19937_64* random, std::string* record) {
  constexpr absl::string_view kLikely =
      "{}[]\",:\\0123456789.+-eE \nvtf\xff\xc3";
  for (int left = 1 + (*random)() % 4; left > 0 && !record->empty(); --left) {
    const size_t at = (*random)() % record->size();
    const char likely = kLikely[(*random)() % kLikely.size()];
    switch ((*random)() % 4) {
      case 0:
        (*record)[at] = likely;
        break;
      case 1:
        record->erase(at, 1 + (*random)() % 3);
        break;
      case 2:
        record->insert(at, 1, likely);
        break;
      default:
        record->insert((*random)() % record->size(),
                       record->substr(at, (*random)() % 8));
    }
  }
}

bool HasLongNumber(absl::string_view record) {
  int digits = 0;
  for (const char c : record) {
    digits = absl::ascii_isdigit(c) ? digits + 1 : 0;
    if (digits > 18) return true;
  }
  return false;
}

TEST(JsonAgreementTest, OnDamagedRecords) {
  const std::string sound[] = {
      R"({"a":[{"v":1.5,"w":[1,{"x":"y"}]}],"t":170000,"z":{"q":null}})",
      R"({"z":"\"\\u0041","t":"17","a":[{"v":"2"},true]})",
      "[{\"v\":1, \"\xc3\xa9\": \"\xe2\x82\xac\xf0\x9f\x98\x80\"}, -0.5e+1, "
      "false]",
  };
  std::mt19937_64 random(5);
  const std::unique_ptr<FieldReader> reader =
      MakeJsonFields(ParseJsonPointer("/no/where").value(), absl::nullopt);
  simdjson::dom::parser parser;
  int valid = 0;
  for (int i = 0; i < 300000; ++i) {
    std::string record = sound[random() % 3];
    Damage(&random, &record);
    simdjson::dom::element document;
    const simdjson::error_code error = parser.parse(record).get(document);
    // Its numbers end where int64 and double do; ours are text.
    if (error == simdjson::NUMBER_ERROR || HasLongNumber(record)) continue;
    const bool expected = error == simdjson::SUCCESS &&
                          (document.is_object() || document.is_array());
    ASSERT_EQ(IsJson(reader.get(), record), expected)
        << record << ": " << simdjson::error_message(error);
    if (expected) ++valid;
  }
  EXPECT_GT(valid, 10000);
}

}  // namespace
}  // namespace exactmean

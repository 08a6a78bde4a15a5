// Tests of JSON pointers, with the examples of RFC 6901.

#include "processor/decoder/json_pointer.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> NamesOf(absl::string_view text) {
  const absl::StatusOr<JsonPointer> pointer = ParseJsonPointer(text);
  EXPECT_THAT(pointer, IsOk());
  std::vector<std::string> names;
  if (!pointer.ok()) return names;
  EXPECT_EQ(pointer->text, text);
  for (const JsonPointer::Step& step : pointer->steps) {
    names.push_back(step.name);
  }
  return names;
}

int64_t IndexOf(absl::string_view text) {
  const absl::StatusOr<JsonPointer> pointer = ParseJsonPointer(text);
  EXPECT_THAT(pointer, IsOk());
  return pointer.ok() ? pointer->steps.back().index : -2;
}

TEST(ParseJsonPointerTest, Steps) {
  EXPECT_THAT(NamesOf("/price"), ElementsAre("price"));
  EXPECT_THAT(NamesOf("/m/0/v"), ElementsAre("m", "0", "v"));
  EXPECT_THAT(NamesOf("/"), ElementsAre(""));
  EXPECT_THAT(NamesOf("/a//b/"), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(NamesOf("/a~1b"), ElementsAre("a/b"));
  EXPECT_THAT(NamesOf("/m~0n"), ElementsAre("m~n"));
  EXPECT_THAT(NamesOf("/~01"), ElementsAre("~1"));
  EXPECT_THAT(NamesOf("/c%d/ /k\"l/i\\j"),
              ElementsAre("c%d", " ", "k\"l", "i\\j"));
}

TEST(ParseJsonPointerTest, Indexes) {
  EXPECT_EQ(IndexOf("/0"), 0);
  EXPECT_EQ(IndexOf("/10"), 10);
  for (const absl::string_view text :
       {"/00", "/01", "/-1", "/+1", "/ 1", "/1 ", "/-", "/1e2", "/", "/a",
        "/99999999999999999999"}) {
    EXPECT_EQ(IndexOf(text), -1) << text;
  }
}

TEST(ParseJsonPointerTest, Refuses) {
  for (const absl::string_view text :
       {"", "price", "$.price", "#/price", "/a~", "/a~2", "/~/b", " /a"}) {
    EXPECT_THAT(ParseJsonPointer(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("is no JSON pointer: ")))
        << text;
  }
  std::string deep;
  for (int i = 0; i < 64; ++i) deep += "/a";
  EXPECT_THAT(ParseJsonPointer(deep), IsOk());
  EXPECT_THAT(ParseJsonPointer(deep + "/a"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("more than 64 steps")));
}

}  // namespace
}  // namespace exactmean

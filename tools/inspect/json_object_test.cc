// Members as JSON.

#include "tools/inspect/json_object.h"

#include <cstdint>

#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "state/types.h"

namespace exactmean {
namespace {

TEST(JsonObjectTest, WhatHasNoValueIsNull) {
  EXPECT_EQ(JsonObject()
                .Add("a", absl::optional<uint64_t>(7))
                .Add("b", absl::optional<uint64_t>())
                .Add("c", absl::optional<Offset>(Offset(-1)))
                .Add("d", absl::optional<Offset>())
                .Add("e", Partition(3))
                .ToString(),
            R"({"a":7,"b":null,"c":-1,"d":null,"e":3})");
}

TEST(JsonObjectTest, AKeyThatIsNoTextHasItsBytes) {
  EXPECT_EQ(JsonObject().AddKey("IBM").ToString(), R"({"key":"IBM"})");
  EXPECT_EQ(JsonObject().AddKey("k\xff").ToString(),
            "{\"key\":\"k\xef\xbf\xbd\",\"key_base64\":\"a/8=\"}");
}

}  // namespace
}  // namespace exactmean

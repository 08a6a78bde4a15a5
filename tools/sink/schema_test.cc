// What is said of a table that is not as it must be.

#include "tools/sink/schema.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SchemaTest : public ::testing::Test {
 protected:
  std::string Said(const std::vector<Column>& found) {
    const absl::Status status = CheckColumns(table_, found);
    EXPECT_TRUE(status.ok() || ReasonOf(status) == StopReason::kConfig);
    return std::string(status.message());
  }

  const Table table_ = MakeSchema("app.prices", Dialect::kPostgres)->rows;
  std::vector<Column> found_ = table_.columns;
};

TEST_F(SchemaTest, Names) {
  EXPECT_EQ(table_.name, "\"app\".\"prices\"");
  EXPECT_EQ(MakeSchema("p", Dialect::kSqlite)->positions.name,
            "\"p_positions\"");
  for (const std::string wrong :
       {"", "1a", "a b", "a;b", "a\"b", ".a", "a.b.c",
        "a234567890123456789012345678901234567890123456789"}) {
    EXPECT_THAT(MakeSchema(wrong, Dialect::kPostgres),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << wrong;
  }
  EXPECT_THAT(MakeSchema("a.b", Dialect::kSqlite),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(SchemaTest, AsItIsMade) {
  EXPECT_EQ(Said(found_), "");
  EXPECT_THAT(CreateStatement(table_, Dialect::kPostgres),
              AllOf(HasSubstr("key text NOT NULL COLLATE \"C\""),
                    HasSubstr("PRIMARY KEY (key, window_name, partition)")));
}

TEST_F(SchemaTest, NoTable) {
  EXPECT_THAT(Said({}), HasSubstr("no table \"app\".\"prices\": "
                                  "--create_table"));
}

TEST_F(SchemaTest, AllThatIsWrong) {
  found_.erase(found_.begin() + 3);  // average
  found_[4].type = "real";
  EXPECT_THAT(Said(found_),
              AllOf(HasSubstr("column average is missing: ALTER TABLE "
                              "\"app\".\"prices\" ADD COLUMN average double "
                              "precision\n"),
                    HasSubstr("column min is real, must be double precision")));
}

TEST_F(SchemaTest, TheKeyMustBeTheKey) {
  found_[2].in_key = false;
  EXPECT_THAT(Said(found_), HasSubstr("primary key must be (key, window_name, "
                                      "partition)"));
  found_[2].in_key = true;
  found_.push_back({"tenant", "text", true, true, true});
  EXPECT_THAT(Said(found_), HasSubstr("primary key must be"));
}

TEST_F(SchemaTest, WhatAnEmptyWindowHas) {
  found_[3].not_null = true;
  EXPECT_THAT(Said(found_), HasSubstr("average is NOT NULL"));
}

TEST_F(SchemaTest, ColumnsOfTheUser) {
  found_.push_back({"note", "text", false, false, false});
  found_.push_back({"made_at", "date", true, false, true});
  EXPECT_EQ(Said(found_), "");
  found_.push_back({"tenant", "text", true, false, false});
  EXPECT_THAT(Said(found_), AllOf(HasSubstr("column tenant is none of"),
                                  Not(HasSubstr("made_at"))));
}

}  // namespace
}  // namespace exactmean

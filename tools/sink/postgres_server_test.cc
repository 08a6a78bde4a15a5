// A PostgreSQL that refuses, takes too long, or stands still.

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/stop.h"
#include "tests/sink/test_database.h"
#include "tests/status_matchers.h"
#include "tools/sink/postgres.h"
#include "tools/sink/sink_testing.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PostgresServerTest : public ::testing::Test {
 protected:
  PostgresServerTest() : world_(DatabaseKind::kPostgres) {}

  static std::unique_ptr<Database> Open(
      const std::string& address, const std::string& table = "any",
      const PostgresPatience& patience = PostgresPatience()) {
    auto made = MakePostgres(address, table, patience);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? *std::move(made) : nullptr;
  }
  // The shared server's, of another user, database or option.
  static std::string Address(const std::string& user,
                             const std::string& database) {
    std::string address = SharedPostgres().address();
    address.replace(address.find("tester"), 6, user);
    return address.replace(address.rfind('/') + 1, std::string::npos, database);
  }
  static void Query(const std::string& sql) {
    EXPECT_THAT(SharedPostgres().Query(sql), IsOk()) << sql;
  }

  SinkWorld world_;
};

TEST_F(PostgresServerTest, ARefusalIsToldByItsStateAndNotByItsWords) {
  const absl::Status missing =
      Open(Address("tester", "recovery%20starting%20up%20too%20many"))
          ->Connect();
  EXPECT_EQ(ReasonOf(missing), StopReason::kConfig) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("does not exist"));
  const absl::Status nobody = Open(Address("nobody", "postgres"))->Connect();
  EXPECT_EQ(ReasonOf(nobody), StopReason::kConfig) << nobody;
  Query("CREATE ROLE full LOGIN CONNECTION LIMIT 0");
  EXPECT_THAT(Open(Address("full", "postgres"))->Connect(),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PostgresServerTest, NobodyThere) {
  EXPECT_THAT(Open("postgresql://tester@127.0.0.1:1/postgres")->Connect(),
              StatusIs(absl::StatusCode::kUnavailable));
}

// What the variable brings is no address of variables.
TEST_F(PostgresServerTest, AVariableIsFilledInOnce) {
  ASSERT_EQ(setenv("DB_ADDRESS",
                   Address("who%24%7Benv%3AHOME%7D", "postgres").c_str(), 1),
            0);
  const absl::Status refused = Open("${env:DB_ADDRESS}")->Connect();
  EXPECT_THAT(std::string(refused.message()), HasSubstr("who${env:HOME}"));
  ASSERT_EQ(setenv("DB_ADDRESS", SharedPostgres().address().c_str(), 1), 0);
  EXPECT_THAT(Open("${env:DB_ADDRESS}")->Connect(), IsOk());
}

TEST_F(PostgresServerTest, TablesThatMayNotBeMade) {
  Query("CREATE ROLE poor LOGIN");
  Query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const auto database = Open(Address("poor", "postgres"), "poor_averages");
  ASSERT_THAT(database->Connect(), IsOk());
  const absl::Status refused = database->CreateTables();
  EXPECT_EQ(ReasonOf(refused), StopReason::kConfig) << refused;
  EXPECT_THAT(
      std::string(refused.message()),
      AllOf(HasSubstr("CREATE TABLE IF NOT EXISTS \"poor_averages\" ("),
            HasSubstr("CREATE TABLE IF NOT EXISTS \"poor_averages_positions\""),
            HasSubstr("GRANT SELECT, INSERT, UPDATE, DELETE ON")));
  // And that is all it takes.
  const std::string said(refused.message());
  const std::string sql = said.substr(said.find("CREATE TABLE"));
  Query(sql.substr(0, sql.rfind(';') + 1));
  EXPECT_THAT(database->CheckTables(), IsOk());
  EXPECT_THAT(database->CreateTables(), IsOk());
  ASSERT_THAT(database->Begin(), IsOk());
  EXPECT_THAT(database->LockForTakeover(), IsOk());
  EXPECT_THAT(database->LockPositions(), IsOk());
  EXPECT_THAT(database->DropPartitions(9), IsOk());
  EXPECT_THAT(database->Commit(), IsOk());
}

TEST_F(PostgresServerTest, StatementsThatAreAlwaysEndedAreNotTriedForEver) {
  world_.MakeState();
  ASSERT_THAT(world_.RunOnce(), IsOk());
  const std::string& table = world_.database().table;
  Query(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_sleep(60); RETURN NEW; END'");
  Query(absl::StrCat("CREATE TRIGGER slow BEFORE INSERT ON ", table,
                     " FOR EACH ROW EXECUTE FUNCTION slow()"));
  world_.Apply(0, "a", 1);
  world_.Commit(0);
  const auto database = Open(absl::StrCat(SharedPostgres().address(),
                                          "?options=-cstatement_timeout%3D20"),
                             table);
  SinkProcess process(&world_.cluster(), database.get(), "impatient");
  const absl::Time begin = world_.cluster().now();
  const absl::Status status = process.Run();
  EXPECT_EQ(ReasonOf(status), StopReason::kConfig) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("statement timeout"),
                    HasSubstr("Raise the statement_timeout")));
  EXPECT_GT(world_.cluster().now() - begin, absl::Minutes(1));
  EXPECT_LT(world_.cluster().now() - begin, absl::Minutes(2));
  // In a quieter moment it gets through.
  int tries = 0;
  process.plan.set_chooser([&](SeamCall call, int64_t /*nth*/) {
    if (call == SeamCall::kRead && ++tries == 3) {
      Query(absl::StrCat("DROP TRIGGER slow ON ", table));
    }
    return Fault();
  });
  EXPECT_THAT(process.Run(), IsOk());
  EXPECT_EQ(world_.database().Rows(), world_.Expected());
}

// A session of the sink that stands still, as of a machine that is frozen.
class FrozenPostgresTest : public PostgresServerTest {
 protected:
  ~FrozenPostgresTest() override {
    if (session_ > 0) kill(session_, SIGCONT);
  }

  void Freeze(const PostgresPatience& patience) {
    database_ =
        Open(SharedPostgres().address(), world_.database().table, patience);
    ASSERT_THAT(database_->Connect(), IsOk());
    ASSERT_THAT(database_->CreateTables(), IsOk());
    ASSERT_THAT(database_->Begin(), IsOk());
    const auto sessions = SharedPostgres().Query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = "
        "'exactmean-sink' AND state = 'idle in transaction'");
    ASSERT_THAT(sessions, IsOk());
    ASSERT_EQ(sessions->size(), 1u);
    ASSERT_TRUE(absl::SimpleAtoi(sessions->at(0).at(0), &session_));
    ASSERT_EQ(kill(session_, SIGSTOP), 0);
  }

  pid_t session_ = 0;
  std::unique_ptr<Database> database_;
};

TEST_F(FrozenPostgresTest, IsWaitedForForSoLong) {
  PostgresPatience patience;
  patience.answer = absl::Milliseconds(300);
  ASSERT_NO_FATAL_FAILURE(Freeze(patience));
  const auto answer = database_->LockPositions();
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(std::string(answer.status().message()),
              AllOf(HasSubstr("no answer to a statement within 300ms"),
                    HasSubstr("postgresql://")));
  database_->Rollback();
  EXPECT_THAT(database_->Connect(), IsOk());
  EXPECT_THAT(database_->CheckTables(), IsOk());
}

TEST_F(FrozenPostgresTest, AndNotOnceWeAreAskedToEnd) {
  std::atomic<bool> stop{false};
  PostgresPatience patience;
  patience.stop = absl::Milliseconds(300);
  patience.stopping = &stop;
  ASSERT_NO_FATAL_FAILURE(Freeze(patience));
  stop = true;
  // More than fits into what lies between the two.
  StoredPosition position;
  position.topic = std::string(32 << 20, 't');
  const absl::Time begin = absl::Now();
  EXPECT_THAT(database_->StorePositions({position}),
              StatusIs(absl::StatusCode::kUnavailable));
  database_->Rollback();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
}

}  // namespace
}  // namespace exactmean

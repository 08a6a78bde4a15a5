// The currency step against a real HTTP server, that has its moods.

#include "examples/currency/currency_step.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/currency/rate_client.h"
#include "examples/currency/rate_server.h"
#include "examples/currency/request_limit.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using Answer = absl::StatusOr<absl::optional<Sample>>;

// Noon of that day in 2026.
EventTime At(int day) {
  return EventTime(absl::ToUnixMicros(absl::FromCivil(
      absl::CivilHour(2026, 11, day, 12), absl::UTCTimeZone())));
}

class CurrencyStepTest : public ::testing::Test {
 protected:
  StepSpec Spec() {
    StepSpec spec;
    spec.name = "currency";
    spec.properties = {{"to", "USD"}};
    spec.options = {{"url", server_.url()}, {"timeout", "300ms"}};
    return spec;
  }
  static std::unique_ptr<Step> Make(const StepSpec& spec) {
    auto step = CurrencySteps()(spec);
    EXPECT_THAT(step, IsOk());
    return *std::move(step);
  }
  static Answer Apply(Step* step, const std::string& value, int day = 20) {
    StepRecord record;
    record.key = "key";
    record.value = value;
    record.decoded = Sample{2, At(day)};
    return step->Apply(record);
  }

  RateServer server_;
};

TEST_F(CurrencyStepTest, ConvertsByTheRateOfTheDay) {
  const auto step = Make(Spec());
  for (const int day : {19, 20}) {
    const Answer answer = Apply(step.get(), R"({"currency":"EUR"})", day);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ((*answer)->value,
              2 * RateServer::RateOf("EUR", absl::StrCat("2026-11-", day)));
    EXPECT_EQ((*answer)->time, At(day));
  }
  EXPECT_EQ(server_.requests(), 2);
  const Answer own = Apply(step.get(), R"({"currency":"USD"})");
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ((*own)->value, 2);
  EXPECT_EQ(server_.requests(), 2);
}

TEST_F(CurrencyStepTest, RatesAreKeptForAWhile) {
  const auto step = Make(Spec());
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(Apply(step.get(), R"({"currency":"EUR"})"), IsOk());
  }
  EXPECT_EQ(server_.requests(), 1);
  server_.Stop();
  EXPECT_THAT(Apply(step.get(), R"({"currency":"EUR"})"), IsOk());
  server_.Start();
  StepSpec brief = Spec();
  brief.options["cache"] = "1ms";
  const auto forgetful = Make(brief);
  ASSERT_THAT(Apply(forgetful.get(), R"({"currency":"EUR"})"), IsOk());
  absl::SleepFor(absl::Milliseconds(2));
  ASSERT_THAT(Apply(forgetful.get(), R"({"currency":"EUR"})"), IsOk());
  EXPECT_EQ(server_.requests(), 3);
}

TEST_F(CurrencyStepTest, WhatPassesIsUnavailable) {
  const auto step = Make(Spec());
  const auto ask = [&] {
    return Apply(step.get(), R"({"currency":"GBP"})").status();
  };
  for (const int status : {500, 503, 429}) {
    server_.set_status(status);
    EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kUnavailable)) << status;
  }
  server_.set_status(0);
  server_.Stop();
  const absl::Status refused = ask();
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(refused.message(), HasSubstr(server_.url()));
  server_.Start();
  server_.set_delay_ms(1000);
  const absl::Time before = absl::Now();
  EXPECT_THAT(ask(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_LT(absl::Now() - before, absl::Milliseconds(900));
  server_.set_delay_ms(0);
  EXPECT_THAT(ask(), IsOk());
}

TEST_F(CurrencyStepTest, WhatDoesNotPassIsNot) {
  const auto step = Make(Spec());
  const auto ask = [&](const std::string& value) {
    return Apply(step.get(), value).status();
  };
  EXPECT_THAT(ask(R"({"currency":"XYZ"})"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ask(R"({"price":1})"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ask(R"({"currency":1})"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ask("{"), StatusIs(absl::StatusCode::kInvalidArgument));
  server_.set_status(401);
  EXPECT_THAT(ask(R"({"currency":"EUR"})"),
              StatusIs(absl::StatusCode::kUnauthenticated));
  server_.set_status(204);  // without a rate
  EXPECT_THAT(ask(R"({"currency":"EUR"})"),
              StatusIs(absl::StatusCode::kInternal));
  StepRecord undecodable;
  undecodable.decoded = absl::InvalidArgumentError("no number");
  EXPECT_EQ(step->Apply(undecodable).status().message(), "no number");
}

TEST_F(CurrencyStepTest, TheTokenIsSent) {
  server_.Stop();
  server_.set_token("secret");
  server_.Start();
  EXPECT_THAT(Apply(Make(Spec()).get(), R"({"currency":"EUR"})"),
              StatusIs(absl::StatusCode::kUnauthenticated));
  StepSpec spec = Spec();
  spec.options["token"] = "secret";
  EXPECT_THAT(Apply(Make(spec).get(), R"({"currency":"EUR"})"), IsOk());
}

// Eight workers, each with its step, of one factory.
TEST_F(CurrencyStepTest, RequestsAtOnceAreBounded) {
  server_.set_delay_ms(20);
  StepSpec spec = Spec();
  spec.options["max_requests"] = "2";
  spec.options["timeout"] = "5s";
  const StepFactory factory = CurrencySteps();
  std::vector<std::thread> workers;
  for (int i = 0; i < 8; ++i) {
    workers.emplace_back([&, i] {
      const auto step = factory(spec);
      ASSERT_THAT(step, IsOk());
      for (int day = 1; day <= 3; ++day) {
        EXPECT_THAT(Apply(step->get(), R"({"currency":"EUR"})", day + 3 * i),
                    IsOk());
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(server_.requests(), 24);
  EXPECT_EQ(server_.most_at_once(), 2);
}

TEST_F(CurrencyStepTest, WhoGetsNoTurnTriesLater) {
  RequestLimit limit;
  const auto one = limit.Wait(1, absl::ZeroDuration());
  EXPECT_NE(one, nullptr);
  EXPECT_EQ(limit.Wait(1, absl::Milliseconds(5)), nullptr);
  EXPECT_NE(limit.Wait(2, absl::ZeroDuration()), nullptr);
}

TEST_F(CurrencyStepTest, AWrongConfigurationIsNamed) {
  const auto problem = [&](const char* name, const char* value, bool property) {
    StepSpec spec = Spec();
    (property ? spec.properties : spec.options)[name] = value;
    const auto step = CurrencySteps()(spec);
    EXPECT_THAT(step, StatusIs(absl::StatusCode::kInvalidArgument)) << name;
    return std::string(step.status().message());
  };
  EXPECT_THAT(problem("to", "", true), HasSubstr("\"to\""));
  EXPECT_THAT(problem("currency", "x", true), HasSubstr("JSON pointer"));
  EXPECT_THAT(problem("url", "nowhere", false), HasSubstr("no URL"));
  EXPECT_THAT(problem("timeout", "1h", false), HasSubstr("at most 10s"));
  EXPECT_THAT(problem("cache", "x", false), HasSubstr("duration"));
  EXPECT_THAT(problem("max_requests", "0", false), HasSubstr("1 or more"));
  EXPECT_THAT(problem("time_out", "1s", false), HasSubstr("time_out"));
}

}  // namespace
}  // namespace exactmean

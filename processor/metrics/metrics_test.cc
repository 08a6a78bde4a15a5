// Metrics: their text, and that they are served.

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "processor/metrics/metrics_server.h"
#include "processor/metrics/metrics_text.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

WorkerReport Report() {
  WorkerReport report;
  report.records = 12;
  report.commits = 3;
  PartitionReport stuck;
  stuck.partition = Partition(0);
  stuck.running = true;
  stuck.next = Offset(3000000000);
  stuck.lag = 7;
  stuck.keys = 5;
  stuck.waiting = 2;
  stuck.stuck_tries = 4;
  stuck.stuck_for = absl::Milliseconds(12900);
  stuck.dispositions.set_applied(11);
  stuck.dispositions.set_retried(1);
  PartitionReport restoring;
  restoring.partition = Partition(4);
  report.partitions = {stuck, restoring};
  return report;
}

TEST(MetricsTest, Text) {
  const std::string text = MetricsText("a\"pp", {{0, Report()}, {1, {}}});
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("exactmean_info{application_id=\"a\\\"pp\"} 1\n"),
            HasSubstr("# HELP exactmean_records_total Records handled since "
                      "the process began.\n"
                      "# TYPE exactmean_records_total counter\n"
                      "exactmean_records_total{worker=\"0\"} 12\n"
                      "exactmean_records_total{worker=\"1\"} 0\n"),
            HasSubstr("exactmean_partition_running{partition=\"0\"} 1\n"
                      "exactmean_partition_running{partition=\"4\"} 0\n"),
            HasSubstr("exactmean_next_offset{partition=\"0\"} 3000000000\n"),
            HasSubstr("exactmean_lag{partition=\"0\"} 7\n"),
            HasSubstr("exactmean_retry_waiting{partition=\"0\"} 2\n"),
            HasSubstr("exactmean_stuck_tries{partition=\"0\"} 4\n"),
            HasSubstr("exactmean_stuck_seconds{partition=\"0\"} 12\n"),
            HasSubstr("exactmean_offsets_passed_total{partition=\"0\","
                      "fate=\"applied\"} 11\n")));
  // What is not known is left out.
  EXPECT_THAT(text, Not(HasSubstr("exactmean_keys{partition=\"4\"}")));
}

TEST(MetricsTest, AreServed) {
  const auto server = MetricsServer::Start("127.0.0.1:0", "app");
  ASSERT_THAT(server, IsOk());
  httplib::Client client("127.0.0.1", (*server)->port());
  auto answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer->body, Not(HasSubstr("worker=")));
  (*server)->Publish(0, Report());
  answer = client.Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body,
              HasSubstr("exactmean_commits_total{worker=\"0\"} 3"));
  answer = client.Get("/other");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST(MetricsTest, WhatCannotBeListenedAtIsRefused) {
  for (const char* address :
       {"9464", ":9464", "localhost:", "localhost:x", "localhost:70000"}) {
    EXPECT_THAT(
        MetricsServer::Start(address, "app").status(),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("HOST:PORT")))
        << address;
  }
  const auto server = MetricsServer::Start("127.0.0.1:0", "app");
  ASSERT_THAT(server, IsOk());
  EXPECT_THAT(
      MetricsServer::Start(absl::StrCat("127.0.0.1:", (*server)->port()), "app")
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another")));
}

}  // namespace
}  // namespace exactmean

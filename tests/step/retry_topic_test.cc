// Records that go to retry topics on a real Kafka: while the server is away the
// partition goes on; processes die; and in the end each record counts once.

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "state/retries.h"
#include "tests/broker/instance.h"
#include "tests/broker/pipeline.h"
#include "tests/dead_letter/dead_letters.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"
#include "tests/step/currency_pipeline.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Partition kStuck(0);
constexpr Partition kOther(1);

class RetryTopicTest : public ::testing::Test {
 protected:
  // With a dead-letter topic, and retry topics of these delays.
  void Make(const std::string& name, const std::vector<std::string>& delays) {
    std::string retry = "max_tries: 1 give_up: RETRY_TOPIC";
    for (const std::string& delay : delays) {
      absl::StrAppend(&retry, " topic { name: \"", name, "-retry-", delay,
                      "\" delay: \"", delay, "\" }");
    }
    pipeline_ = std::make_unique<CurrencyPipeline>(name, 2, retry);
    ASSERT_THAT(KeepBadRecords(&**pipeline_, /*make_topic=*/false), IsOk());
    const auto made = (*pipeline_)->Start("make", {"--create_topics"});
    ASSERT_THAT(made, IsOk());
    const auto exit = (*made)->AwaitExit();
    ASSERT_THAT(exit, IsOk());
    ASSERT_EQ(exit->ShellCode(), 0) << (*made)->Log();
  }

  // Of the partition that needs rates, and of the other.
  void Write(int n) {
    std::vector<Record> records;
    for (int i = 0; i < n; ++i) {
      const std::string key = absl::StrCat("key", i % 5);
      records.push_back(
          CurrencyPipeline::Price(kStuck, key, i + 1, "EUR", i % 3));
      records.push_back(CurrencyPipeline::Price(kOther, key, i + 1, "USD"));
    }
    ASSERT_THAT(pipeline_->Write(records), IsOk());
    written_ += n;
  }

  absl::Status AwaitNoneWaiting() {
    return Eventually([&]() -> absl::Status {
      const auto checkpoint = (*pipeline_)->Checkpoint(kStuck);
      if (!checkpoint.ok()) return checkpoint.status();
      if (WaitingOf(*checkpoint) == 0 &&
          checkpoint->next_offset() == written_) {
        return absl::OkStatus();
      }
      return absl::DeadlineExceededError(checkpoint->ShortDebugString());
    });
  }

  // Of each key the values that are not dead letters, each once.
  void CheckEachCountsOnce() {
    const auto input = (*pipeline_)->client().ReadTopic((*pipeline_)->input());
    ASSERT_THAT(input, IsOk());
    std::map<std::string, double> sums;
    std::map<std::string, uint64_t> counts;
    std::map<Offset, const Record*> by_offset;
    for (const Record& record : *input) {
      if (record.partition != kStuck) continue;
      by_offset[record.offset] = &record;
      sums[*record.key] += (*pipeline_)->ToModel(record).value;
      ++counts[*record.key];
    }
    const auto letters = ReadDeadLetters(&**pipeline_);
    ASSERT_THAT(letters, IsOk());
    for (const ParsedDeadLetter& letter : *letters) {
      ASSERT_EQ(letter.origin.partition, kStuck);
      const auto of = by_offset.find(letter.origin.offset);
      ASSERT_NE(of, by_offset.end()) << "a dead letter twice, or of no record";
      EXPECT_EQ(letter.record.value, of->second->value);
      EXPECT_EQ(letter.record.timestamp_ms, of->second->timestamp_ms);
      sums[*of->second->key] -= (*pipeline_)->ToModel(*of->second).value;
      --counts[*of->second->key];
      by_offset.erase(of);
    }
    dead_ = letters->size();
    CheckSnapshots(sums, counts);
  }

  void CheckSnapshots(const std::map<std::string, double>& sums,
                      const std::map<std::string, uint64_t>& counts) {
    const auto results =
        (*pipeline_)->client().ReadTopic((*pipeline_)->results());
    ASSERT_THAT(results, IsOk());
    std::map<std::string, results::Snapshot> snapshots;
    for (const Record& record : *results) {
      if (record.partition != kStuck || counts.count(*record.key) == 0)
        continue;
      ASSERT_THAT(DecodeSnapshot(*record.value, &snapshots[*record.key]),
                  IsOk());
    }
    for (const auto& [key, count] : counts) {
      const results::Average& all = snapshots[key].averages(1);
      EXPECT_EQ(all.count(), count) << key;
      EXPECT_NEAR(all.average() * static_cast<double>(all.count()),
                  sums.at(key), 1e-6 * std::fabs(sums.at(key)))
          << key;
    }
  }

  std::unique_ptr<CurrencyPipeline> pipeline_;
  int64_t written_ = 0;
  size_t dead_ = 0;
};

TEST_F(RetryTopicTest, ThePartitionGoesOnWhileTheServerIsAway) {
  Make("retry", {"1s", "2s"});
  pipeline_->server().Stop();
  const auto instance = (*pipeline_)->Start("a");
  ASSERT_THAT(instance, IsOk());
  Write(40);
  ASSERT_THAT(pipeline_->AwaitCommitted(kStuck, Offset(40)), IsOk())
      << (*instance)->Log();
  ASSERT_THAT((*instance)->AwaitLog(" wait in retry topics"), IsOk());
  const InspectResult status =
      Inspect(**pipeline_, {"status"}, kCurrencyInspector);
  EXPECT_EQ(status.code, 0) << status.out << status.err;
  EXPECT_THAT(status.out, HasSubstr("RETRIED  WAITING"));
  pipeline_->server().Start();
  Write(10);
  ASSERT_THAT(AwaitNoneWaiting(), IsOk()) << (*instance)->Log();
  CheckEachCountsOnce();
  EXPECT_EQ(dead_, 0u);
  const auto checkpoint = (*pipeline_)->Checkpoint(kStuck);
  EXPECT_EQ(checkpoint->dispositions().retried(), 40u);
  EXPECT_EQ(checkpoint->retry_outcomes().applied(), 40u);
  // No replay can tell in which order they came back.
  const InspectResult verify =
      Inspect(**pipeline_, {"verify"}, kCurrencyInspector);
  EXPECT_EQ(verify.code, 7) << verify.out << verify.err;
  EXPECT_THAT(absl::StrCat(verify.out, verify.err),
              HasSubstr("40 records went to retry topics"));
  const InspectResult audit =
      Inspect(**pipeline_, {"audit"}, kCurrencyInspector);
  EXPECT_EQ(audit.code, 0) << audit.out << audit.err;
}

TEST_F(RetryTopicTest, KillsAndOutagesAtRandom) {
  Make("retrykills", {"100ms", "500ms", "2s"});
  (*pipeline_)->extra_config += " group { session_timeout: \"6s\" }";
  std::unique_ptr<RunningInstance> instance;
  for (int round = 0; round < 8; ++round) {
    // The second half by another, which takes over what the first has sent.
    auto started = (*pipeline_)->Start(round < 4 ? "a" : "b");
    ASSERT_THAT(started, IsOk());
    instance = *std::move(started);
    ASSERT_THAT(instance->AwaitLog("starts at offset"), IsOk());
    const bool leave_some = round % 3 == 0;
    for (int i = 0; i < 6; ++i) {
      if ((leave_some && i == 5) || (*pipeline_)->random()() % 2 == 0) {
        pipeline_->server().Stop();
      } else {
        pipeline_->server().Start();
      }
      Write(10);
    }
    if (round == 7) break;
    ASSERT_THAT(instance->AwaitLog(leave_some ? " wait in retry topics"
                                              : "the first records"),
                IsOk());
    ASSERT_THAT(instance->Kill(), IsOk());
  }
  pipeline_->server().Start();
  ASSERT_THAT(AwaitNoneWaiting(), IsOk()) << instance->Log();
  CheckEachCountsOnce();
  const auto checkpoint = (*pipeline_)->Checkpoint(kStuck);
  EXPECT_GT(checkpoint->retry_outcomes().applied(), 0u);
  const auto exit = instance->Terminate();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 0) << instance->Log();
}

TEST_F(RetryTopicTest, RecordsThatWaitAreNotForgottenByAnotherConfiguration) {
  Make("retryforgets", {"1h"});
  pipeline_->server().Stop();
  {
    const auto instance = (*pipeline_)->Start("a");
    ASSERT_THAT(instance, IsOk());
    Write(3);
    ASSERT_THAT(pipeline_->AwaitCommitted(kStuck, Offset(3)), IsOk());
    ASSERT_THAT((*instance)->Terminate(), IsOk());
  }
  const std::string config = (*pipeline_)->extra_config;
  const size_t retry = config.find("max_tries");
  (*pipeline_)->extra_config =
      config.substr(0, retry) + config.substr(config.find(" } }", retry) + 2);
  const auto refused = (*pipeline_)->Start("a");
  ASSERT_THAT(refused, IsOk());
  const auto exit = (*refused)->AwaitExit();
  ASSERT_THAT(exit, IsOk());
  EXPECT_EQ(exit->ShellCode(), 2) << (*refused)->Log();
  EXPECT_THAT((*refused)->Log(),
              AllOf(HasSubstr("3 records wait in the retry topic "
                              "\"retryforgets-retry-1h\""),
                    HasSubstr("until none waits there")));
}

}  // namespace
}  // namespace exactmean

// The same input folded by differently run applications: with every window and
// setting, the snapshots are equal to the byte.

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

constexpr int32_t kPartitions = 3;
constexpr uint64_t kKeys = 30;
constexpr int kRounds = 8;
constexpr int kRecordsPerRound = 600;

// All that the state can hold: late records and idle keys too.
constexpr char kState[] = R"(
  grace: "5m" idle_key_ttl: "20m"
  window { name: "count" count { size: 7 } }
  window { name: "more" count { size: 50 } }
  window { name: "time" time { length: "10m" } }
  window { name: "panes" time { length: "1h" resolution: "1m" } }
  window { name: "alpha" ewma { alpha: 0.1 } }
  window { name: "half" ewma { half_life: "90s" } }
  window { name: "all" cumulative {} }
)";

struct Variant {
  const char* name;
  const char* config;
  int kills;
};

constexpr Variant kVariants[] = {
    {"usual", "", 0},
    {"at-once", "commit { interval: \"0\" }", 0},
    {"seldom", "commit { interval: \"1s\" }", 0},
    {"by-records", "commit { interval: \"1s\" max_records: 3 }", 0},
    {"two-workers", "workers: 2 commit { interval: \"0\" }", 0},
    {"three-workers", "workers: 3", 0},
    {"cooperative",
     "workers: 2 group { membership: DYNAMIC assignor: COOPERATIVE_STICKY }",
     0},
    {"killed", "", 5},
    {"killed-workers", "workers: 3 commit { interval: \"0\" }", 3},
    {"killed-cooperative",
     "workers: 2 group { membership: DYNAMIC assignor: COOPERATIVE_STICKY }",
     2},
};

// Values whose sum depends on the order of adding; times that jump back, some
// beyond the grace, and ahead between rounds, so that some keys idle away.
class Source {
 public:
  explicit Source(std::string topic) : topic_(std::move(topic)) {}

  absl::Status Produce(Writer* writer, std::mt19937_64* random) {
    now_ms_ += 12 * kMinute;
    // Ten keys come in the first round alone.
    const uint64_t keys = rounds_++ == 0 ? kKeys + 10 : kKeys;
    std::vector<Record> records(kRecordsPerRound);
    for (Record& record : records) {
      record.partition =
          Partition(static_cast<int32_t>((*random)() % kPartitions));
      record.key = absl::StrCat("key", (*random)() % keys);
      now_ms_ += static_cast<int64_t>((*random)() % 4000);
      record.timestamp_ms =
          now_ms_ - static_cast<int64_t>((*random)() % (6 * kMinute));
      const uint64_t kind = (*random)() % 200;
      if (kind == 0) continue;  // deletes the key
      record.value = kind == 1
                         ? "not a number"
                         : absl::StrCat(kind % 2 == 0 ? "-" : "", (*random)(),
                                        "e-", (*random)() % 40);
    }
    return writer->Write(topic_, records);
  }

 private:
  static constexpr int64_t kMinute = 60'000;

  const std::string topic_;
  int rounds_ = 0;
  int64_t now_ms_ = 1'700'000'000'000;
};

struct Application {
  std::unique_ptr<BrokerPipeline> pipeline;
  std::unique_ptr<RunningInstance> instance;
  int kills = 0;  // yet to come
  Offset committed;
};

class DeterminismTest : public ::testing::Test {
 protected:
  void Start(Application* application) {
    auto started = application->pipeline->Start("a");
    ASSERT_THAT(started, IsOk());
    application->instance = *std::move(started);
  }

  void StartAll(const std::string& input) {
    for (const Variant& variant : kVariants) {
      Application& added = applications_.emplace_back();
      added.pipeline =
          std::make_unique<BrokerPipeline>(variant.name, kPartitions, input);
      added.pipeline->extra_config = absl::StrCat(kState, variant.config);
      added.kills = variant.kills;
      ASSERT_NO_FATAL_FAILURE(Start(&added));
    }
  }

  // Until those that are to be killed have committed since the last time: a
  // restart then restores.
  void AwaitProgress() {
    for (Application& application : applications_) {
      if (application.kills == 0) continue;
      BrokerPipeline& pipeline = *application.pipeline;
      ASSERT_THAT(Eventually([&]() -> absl::Status {
                    const auto now = pipeline.client().CommittedOffset(
                        pipeline.application(), pipeline.input(), Partition(0));
                    if (!now.ok()) return now.status();
                    if (now->value_or(Offset(0)) == application.committed) {
                      return absl::DeadlineExceededError("no progress");
                    }
                    application.committed = **now;
                    return absl::OkStatus();
                  }),
                  IsOk())
          << application.instance->Log();
    }
  }

  void KillSome() {
    for (Application& application : applications_) {
      if (application.kills == 0) continue;
      --application.kills;
      ASSERT_THAT(application.instance->Kill(), IsOk());
      ASSERT_NO_FATAL_FAILURE(Start(&application));
    }
  }

  std::vector<Application> applications_;
};

TEST_F(DeterminismTest, SnapshotsAreEqualToTheByte) {
  BrokerPipeline source("source", kPartitions);
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  Source records(source.input());
  // Some find records there, some comes while they run.
  ASSERT_THAT(records.Produce(writer->get(), &source.random()), IsOk());
  ASSERT_NO_FATAL_FAILURE(StartAll(source.input()));
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_NO_FATAL_FAILURE(AwaitProgress());
    ASSERT_THAT(records.Produce(writer->get(), &source.random()), IsOk());
    ASSERT_NO_FATAL_FAILURE(KillSome());
  }
  std::vector<CommittedView> views;
  std::vector<std::string> accounts;
  for (Application& application : applications_) {
    ASSERT_THAT(application.pipeline->AwaitCaughtUp(), IsOk())
        << application.instance->Log();
    const auto view = application.pipeline->Snapshots();
    ASSERT_THAT(view, IsOk());
    views.push_back(*view);
    std::string account;
    for (int32_t p = 0; p < kPartitions; ++p) {
      const auto checkpoint = application.pipeline->Checkpoint(Partition(p));
      ASSERT_THAT(checkpoint, IsOk());
      absl::StrAppend(&account, checkpoint->dispositions().DebugString(),
                      checkpoint->digest(), "\n");
    }
    accounts.push_back(account);
  }
  for (size_t i = 1; i < views.size(); ++i) {
    EXPECT_EQ(views[i], views[0]) << kVariants[i].name;
    EXPECT_EQ(accounts[i], accounts[0]) << kVariants[i].name;
  }
  // All of it came to pass.
  for (const char* what : {"applied", "late", "skipped"}) {
    EXPECT_NE(accounts[0].find(what), std::string::npos) << accounts[0];
  }
  EXPECT_LE(views[0].size(), kKeys * kPartitions);
  EXPECT_GT(views[0].size(), kKeys * kPartitions / 2);
}

}  // namespace
}  // namespace exactmean

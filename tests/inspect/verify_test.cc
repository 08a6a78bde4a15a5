// verify on a real broker: what it must catch, and what it must not.

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Partition kFirst(0);

// A pipeline that has folded in some input, and is at rest.
class InspectVerifyTest : public ::testing::Test {
 protected:
  void Fill(BrokerPipeline* pipeline) {
    ASSERT_THAT(pipeline->ProduceOne(kFirst, "IBM", "20.5"), IsOk());
    ASSERT_THAT(pipeline->ProduceOne(kFirst, "XY", "1"), IsOk());
    ASSERT_THAT(pipeline->Produce(300), IsOk());
    const auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk());
  }
  // Writes what a program writes that keeps digest and key count.
  void Forge(BrokerPipeline* pipeline, const std::string& key,
             absl::optional<std::string> value) {
    auto checkpoint = pipeline->Checkpoint(kFirst);
    ASSERT_THAT(checkpoint, IsOk());
    auto view = pipeline->Snapshots();
    ASSERT_THAT(view, IsOk());
    uint64_t digest = checkpoint->digest();
    uint64_t keys = checkpoint->keys();
    const auto found = view->find("0/" + key);
    if (found != view->end()) {
      digest -= RecordHash(key, found->second);
      --keys;
    }
    if (value.has_value()) {
      digest += RecordHash(key, *value);
      ++keys;
    }
    checkpoint->set_digest(digest);
    checkpoint->set_keys(keys);
    Write(pipeline, key, value);
    Write(pipeline, std::string(kCheckpointKey), EncodeResult(*checkpoint));
  }
  void Write(BrokerPipeline* pipeline, const std::string& key,
             absl::optional<std::string> value) {
    auto writer = Writer::Create(SharedBroker());
    ASSERT_THAT(writer, IsOk());
    Record record;
    record.partition = kFirst;
    record.key = key;
    record.value = value;
    ASSERT_THAT((*writer)->Write(pipeline->results(), {record}), IsOk());
  }
  std::string Stored(BrokerPipeline* pipeline, const std::string& key) {
    auto view = pipeline->Snapshots();
    EXPECT_THAT(view, IsOk());
    return (*view)["0/" + key];
  }
};

TEST_F(InspectVerifyTest, CatchesEachForgeryThoughTheDigestFits) {
  BrokerPipeline pipeline("verify-forged", 2);
  Fill(&pipeline);
  const InspectResult good = Inspect(pipeline, {"verify"});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, AllOf(HasSubstr("302 records"), HasSubstr("VERIFIED"),
                              Not(HasSubstr("DIFFERS"))));

  const std::string snapshot = Stored(&pipeline, "IBM");
  std::string flipped = snapshot;
  flipped[flipped.size() / 2] ^= 4;
  Forge(&pipeline, "IBM", flipped);
  InspectResult bad = Inspect(pipeline, {"verify"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.out, AllOf(HasSubstr("key \"IBM\": the snapshot at results"),
                             HasSubstr("DIFFERS: 1 key, ")));

  Forge(&pipeline, "IBM", absl::nullopt);
  bad = Inspect(pipeline, {"verify"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.out, HasSubstr("key \"IBM\": missing"));

  Forge(&pipeline, "IBM", snapshot);
  EXPECT_EQ(Inspect(pipeline, {"verify"}).code, 0);
  Forge(&pipeline, "stranger", snapshot);
  bad = Inspect(pipeline, {"verify", "--partition=0"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.out, HasSubstr("key \"stranger\": extra"));
  EXPECT_EQ(Inspect(pipeline, {"verify", "--partition=1"}).code, 0);

  Forge(&pipeline, "stranger", absl::nullopt);
  auto checkpoint = pipeline.Checkpoint(kFirst);
  ASSERT_THAT(checkpoint, IsOk());
  checkpoint->set_next_offset(checkpoint->next_offset() + 1);
  Write(&pipeline, std::string(kCheckpointKey), EncodeResult(*checkpoint));
  bad = Inspect(pipeline, {"verify", "--output=json"});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.out, AllOf(HasSubstr("\"outcome\":\"differs\""),
                             HasSubstr("\"field\":\"next_offset\"")));
}

TEST_F(InspectVerifyTest, WhileProcessorsRunAndATransactionIsOpen) {
  BrokerPipeline pipeline("verify-running", 2);
  Fill(&pipeline);
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(pipeline.Produce(500), IsOk());
    const InspectResult result = Inspect(pipeline, {"verify"});
    EXPECT_EQ(result.code, 0) << result.out << result.err;
  }
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  auto writer = Writer::Create(SharedBroker(), "verify-foreign");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  Record half;
  half.partition = kFirst;
  half.key = "IBM";
  half.value = "half";
  ASSERT_THAT((*writer)->Write(pipeline.results(), {half}), IsOk());
  const InspectResult result =
      Inspect(pipeline, {"verify", "--patience=500ms"});
  EXPECT_EQ(result.code, 0) << result.out << result.err;
  ASSERT_THAT((*writer)->Commit(), IsOk());
  EXPECT_EQ(Inspect(pipeline, {"verify"}).code, 4);
}

// Writes to the input, on a thread of its own, while it lives.
class Busy {
 public:
  explicit Busy(const BrokerPipeline& pipeline)
      : thread_([this, input = pipeline.input()] {
          auto writer = Writer::Create(SharedBroker());
          ASSERT_THAT(writer, IsOk());
          std::vector<Record> records(100);
          for (size_t i = 0; i < records.size(); ++i) {
            records[i].key = absl::StrCat("busy-", i);
            records[i].value = absl::StrCat(i);
          }
          while (!done_) ASSERT_THAT((*writer)->Write(input, records), IsOk());
        }) {}
  ~Busy() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// Its commits are seen half written, again and again.
TEST_F(InspectVerifyTest, WhileAProcessorWithoutTransactionsIsBusy) {
  BrokerPipeline pipeline("verify-plain", 1);
  pipeline.extra_config =
      "delivery { mode: AT_LEAST_ONCE } commit { interval: \"10ms\" }";
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  const Busy busy(pipeline);
  ASSERT_THAT(Eventually([&] { return pipeline.Checkpoint(kFirst).status(); }),
              IsOk());
  for (const char* sample : {"0.2", "0.5", "0.2", "0.5", "1"}) {
    const InspectResult result =
        Inspect(pipeline, {"verify", absl::StrCat("--sample=", sample)});
    EXPECT_EQ(result.code, 0) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr(": VERIFIED"));
  }
}

TEST_F(InspectVerifyTest, WhatIsNoLongerRetainedIsNotCalledVerified) {
  BrokerPipeline pipeline("verify-cut", 1);
  Fill(&pipeline);
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.input(), kFirst, Offset(100)),
      IsOk());
  const InspectResult result = Inspect(pipeline, {"verify"});
  EXPECT_EQ(result.code, 7);
  EXPECT_THAT(result.out, AllOf(HasSubstr("from offset 100 on"),
                                HasSubstr("NOT VERIFIED")));
  EXPECT_EQ(Inspect(pipeline, {"verify", "--allow_partial"}).code, 0);
}

TEST_F(InspectVerifyTest, RefusesWhatIsNotItsOwnAndSaysWhatIsMissing) {
  BrokerPipeline pipeline("verify-other", 1);
  const InspectResult empty = Inspect(pipeline, {"verify"});
  EXPECT_EQ(empty.code, 0);
  EXPECT_THAT(empty.out, HasSubstr("no state yet"));
  Fill(&pipeline);
  pipeline.extra_config = "window { name: \"more\" count { size: 9 } }";
  const InspectResult other = Inspect(pipeline, {"verify"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("+ window more count size=9"));
  pipeline.extra_config = "";
  EXPECT_EQ(Inspect(pipeline, {"verify", "--results_topic=no-such"}).code, 2);
  EXPECT_EQ(Inspect({"verify", "--bootstrap_servers=" + SharedBroker(),
                     "--results_topic=" + pipeline.results()})
                .code,
            2);
  EXPECT_EQ(Inspect(pipeline, {"verify", "--sample=0"}).code, 2);
  Write(&pipeline, std::string(kCheckpointKey), "no checkpoint");
  const InspectResult corrupt = Inspect(pipeline, {"verify"});
  EXPECT_EQ(corrupt.code, 4);
  EXPECT_THAT(corrupt.err, HasSubstr("partition 0, offset "));
}

}  // namespace
}  // namespace exactmean

// export on a real broker.

#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/broker/kafka.h"
#include "tests/broker/pipeline.h"
#include "tests/broker/shared_broker.h"
#include "tests/contents.h"
#include "tests/inspect/inspector.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(InspectExportTest, WritesWhatAProcessorWroteWhileItRuns) {
  BrokerPipeline pipeline("inspect-export", 2);
  ASSERT_THAT(pipeline.ProduceOne(Partition(1), "IBM", "20.5"), IsOk());
  const auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());

  const InspectResult csv = Inspect(pipeline, {"export"});
  EXPECT_EQ(csv.code, 0) << csv.err;
  EXPECT_THAT(csv.out, StartsWith("key,key_base64,partition,offset,"));
  EXPECT_THAT(csv.out, HasSubstr("\r\nIBM,,1,"));
  EXPECT_THAT(csv.out, HasSubstr(",20.5,1,20.5,20.5,0"));
  EXPECT_THAT(csv.err,
              HasSubstr("partition 1: 1 key as of input offset 1, digest "
                        "verified\n"));

  EXPECT_EQ(Inspect(pipeline, {"export", "--file=-"}).out, csv.out);

  const std::string file = ::testing::TempDir() + "/export.db";
  const InspectResult sqlite =
      Inspect(pipeline, {"export", "--format=sqlite", "--file=" + file});
  EXPECT_EQ(sqlite.code, 0) << sqlite.err;
  EXPECT_THAT(ContentsOf(file), StartsWith("SQLite format 3"));
  EXPECT_NE(access((file + ".tmp").c_str(), F_OK), 0);
}

TEST(InspectExportTest, NothingThereYet) {
  BrokerPipeline pipeline("inspect-export-none", 1);
  const InspectResult jsonl = Inspect(pipeline, {"export", "--format=jsonl"});
  EXPECT_EQ(jsonl.code, 0) << jsonl.err;
  EXPECT_EQ(jsonl.out, "");
  EXPECT_EQ(jsonl.err,
            "partition 0: no state yet\nno keys: the export is "
            "empty\n");
  const InspectResult topic =
      Inspect(pipeline, {"export", "--results_topic=inspect-no-such"});
  EXPECT_EQ(topic.code, 2);
  EXPECT_THAT(topic.err, HasSubstr("inspect-no-such"));
}

TEST(InspectExportTest, AnExportThatFailsLeavesTheFileThatWasThere) {
  BrokerPipeline pipeline("inspect-export-bad", 1);
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.results(),
                               {{Partition(0), "IBM", "no snapshot", 0, {}}}),
              IsOk());
  const std::string file = ::testing::TempDir() + "/export.csv";
  std::ofstream(file) << "yesterday's";
  const InspectResult bad = Inspect(pipeline, {"export", "--file=" + file});
  EXPECT_EQ(bad.code, 4);
  EXPECT_THAT(bad.err, HasSubstr("partition 0, offset 0: key \"IBM\": "));
  EXPECT_EQ(ContentsOf(file), "yesterday's");
  EXPECT_NE(access((file + ".tmp").c_str(), F_OK), 0);
}

TEST(InspectExportTest, WhatAnOpenTransactionHidesIsSaid) {
  BrokerPipeline pipeline("inspect-export-open", 1);
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "20.5"), IsOk());
  auto instance = pipeline.Start("a");
  ASSERT_THAT(instance, IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());
  const auto writer = Writer::Create(SharedBroker(), "export-open");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Begin(), IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.results(),
                               {{Partition(0), "foreign", "x", 0, {}}}),
              IsOk());
  const InspectResult held = Inspect(pipeline, {"export", "--patience=1s"});
  EXPECT_EQ(held.code, 0) << held.err;
  EXPECT_THAT(held.out, HasSubstr("\r\nIBM,,0,"));
  EXPECT_THAT(held.out, Not(HasSubstr("foreign")));
  EXPECT_THAT(held.err, HasSubstr("digest verified; a transaction is open"));
  ASSERT_THAT((*writer)->Abort(), IsOk());
}

}  // namespace
}  // namespace exactmean

// explain, history and plot on a real broker.

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
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

class InspectKeysTest : public ::testing::Test {
 protected:
  // IBM among others, and a processor that goes on.
  void Fill(BrokerPipeline* pipeline) {
    ASSERT_THAT(pipeline->ProduceOne(Partition(0), "old", "1"), IsOk());
    for (int i = 0; i < 6; ++i) {
      ASSERT_THAT(pipeline->Produce(100), IsOk());
      ASSERT_THAT(
          pipeline->ProduceOne(Partition(0), "IBM", absl::StrCat(i, ".5")),
          IsOk());
    }
    ASSERT_THAT(pipeline->ProduceOne(Partition(0), "gone", "1"), IsOk());
    auto instance = pipeline->Start("a");
    ASSERT_THAT(instance, IsOk());
    instance_ = *std::move(instance);
    ASSERT_THAT(pipeline->AwaitDrained(), IsOk());
  }

  std::unique_ptr<RunningInstance> instance_;
};

TEST_F(InspectKeysTest, ExplainAgreesAndTellsWhatDiffers) {
  BrokerPipeline pipeline("inspect-explain", 2);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  InspectResult explain = Inspect(pipeline, {"explain", "IBM"});
  EXPECT_EQ(explain.code, 0) << explain.err;
  EXPECT_THAT(explain.out, HasSubstr("= mean of these 3 records  agrees"));
  EXPECT_THAT(explain.out, HasSubstr("sum 18 / 6 (all records)  agrees"));
  EXPECT_THAT(explain.out, Not(HasSubstr("DIFFERS")));
  explain = Inspect(pipeline, {"explain", "IBM", "--output=json"});
  EXPECT_THAT(explain.out, HasSubstr("\"differs\":false,\"complete\":true"));
  explain = Inspect(pipeline, {"explain", "nobody"});
  EXPECT_EQ(explain.code, 10);
  EXPECT_THAT(explain.err, HasSubstr("no key \"nobody\""));

  // The head of the input goes: what needs it cannot be told any more.
  const auto checkpoint = pipeline.Checkpoint(Partition(0));
  ASSERT_THAT(checkpoint, IsOk());
  ASSERT_THAT(
      pipeline.client().DeleteRecords(pipeline.input(), Partition(0),
                                      Offset(checkpoint->next_offset() - 2)),
      IsOk());
  explain = Inspect(pipeline, {"explain", "IBM"});
  EXPECT_EQ(explain.code, 7) << explain.err;
  EXPECT_THAT(explain.out, HasSubstr("cannot be told: 1 of 3 records"));
  EXPECT_THAT(explain.out, HasSubstr("is no longer retained"));
  EXPECT_THAT(explain.err, HasSubstr("but not all of it could be told"));

  // A foreign writer's snapshot of the last record.
  const auto snapshots = pipeline.Snapshots();
  ASSERT_THAT(snapshots, IsOk());
  results::Snapshot snapshot;
  ASSERT_THAT(DecodeSnapshot(snapshots->at("0/IBM"), &snapshot), IsOk());
  snapshot.set_records(1);
  for (results::Average& average : *snapshot.mutable_averages()) {
    average.set_average(41);
    average.set_count(1);
  }
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  Record record;
  record.key = "IBM";
  record.value = EncodeResult(snapshot);
  ASSERT_THAT((*writer)->Write(pipeline.results(), {record}), IsOk());
  // Behind a key of which nothing can be told: each is explained, and what
  // differs decides the exit code.
  explain = Inspect(pipeline, {"explain", "old", "IBM"});
  EXPECT_EQ(explain.code, 4) << explain.out;
  EXPECT_THAT(explain.out, HasSubstr("cannot be told"));
  EXPECT_THAT(explain.out, HasSubstr("DIFFERS"));
  EXPECT_THAT(explain.err, HasSubstr("is not what the input gives"));
}

TEST_F(InspectKeysTest, HistoryAndADeletedKey) {
  BrokerPipeline pipeline("inspect-history", 1);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  ASSERT_THAT(pipeline.ProduceOne(Partition(0), "IBM", "100"), IsOk());
  Record deletion;
  deletion.key = "gone";
  const auto writer = Writer::Create(SharedBroker());
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Write(pipeline.input(), {deletion}), IsOk());
  ASSERT_THAT(pipeline.AwaitDrained(), IsOk());

  InspectResult history = Inspect(pipeline, {"history", "IBM"});
  EXPECT_EQ(history.code, 0) << history.err;
  EXPECT_THAT(history.out, HasSubstr("versions in the results topic"));
  EXPECT_THAT(history.out, HasSubstr("+1"));
  history = Inspect(pipeline, {"history", "gone", "--output=json"});
  EXPECT_EQ(history.code, 0) << history.err;
  EXPECT_THAT(history.out, HasSubstr("\"deleted\":true}\n"));
  const InspectResult explain = Inspect(pipeline, {"explain", "gone"});
  EXPECT_EQ(explain.code, 0) << explain.err;
  EXPECT_THAT(explain.out, HasSubstr("deleted by the input record at offset"));
  const InspectResult list = Inspect(
      pipeline, {"list", "--tombstones", "--prefix=gone", "--output=json"});
  EXPECT_THAT(list.out, HasSubstr("\"deleted\":true"));
}

TEST_F(InspectKeysTest, PlotWritesAPicture) {
  BrokerPipeline pipeline("inspect-plot", 1);
  ASSERT_NO_FATAL_FAILURE(Fill(&pipeline));
  const std::string path = ::testing::TempDir() + "/plot.svg";
  InspectResult plot =
      Inspect(pipeline, {"plot", "IBM", "gone", "--output=" + path});
  EXPECT_EQ(plot.code, 0) << plot.err;
  EXPECT_EQ(plot.out, "");
  const std::string svg = ContentsOf(path);
  EXPECT_THAT(svg, HasSubstr(">IBM</text>"));
  EXPECT_THAT(svg, HasSubstr(">gone</text>"));
  EXPECT_THAT(svg, HasSubstr("</svg>\n"));
  plot = Inspect({"plot", "IBM", "--bootstrap_servers=" + SharedBroker(),
                  "--results_topic=" + pipeline.results()});
  EXPECT_EQ(plot.code, 0) << plot.err;
  EXPECT_THAT(plot.out, HasSubstr("</svg>\n"));
  EXPECT_THAT(plot.err, HasSubstr("without --config"));
  plot = Inspect(pipeline, {"plot", "IBM", "--output=/no/such/folder/x.svg"});
  EXPECT_EQ(plot.code, 2);
  EXPECT_THAT(plot.err, HasSubstr("/no/such/folder/x.svg.tmp: No such file"));
}

}  // namespace
}  // namespace exactmean

// The bytes of snapshots and checkpoints that older builds wrote: this build
// reads them, knows their meaning, and goes on from them; and writes the very
// same for the same records.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/result.pb.h"
#include "state/partition_state.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/golden/cases.h"
#include "tests/golden/golden_file.h"
#include "tests/status_matchers.h"

namespace exactmean {

// For the names of the tests.
void PrintTo(const GoldenCase& golden, std::ostream* out) {
  *out << golden.name;
}

namespace {

using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;

std::vector<GoldenCommit> ReadGolden(int format, const std::string& name) {
  const std::string path = GoldenPath(format, name);
  std::ifstream file(path);
  EXPECT_TRUE(file) << "no " << path
                    << ": bazel run //tests/golden:make_golden";
  const std::string text{std::istreambuf_iterator<char>(file),
                         std::istreambuf_iterator<char>()};
  const absl::StatusOr<std::vector<GoldenCommit>> commits = ParseGolden(text);
  EXPECT_THAT(commits, IsOk()) << path;
  return commits.ok() ? *commits : std::vector<GoldenCommit>();
}

template <typename Message>
void ExpectMeans(const Message& message, const std::string& text) {
  Message expected;
  ASSERT_TRUE(TextFormat::ParseFromString(text, &expected)) << text;
  // No unknown field, and every double to its last bit.
  EXPECT_EQ(EncodeResult(message), EncodeResult(expected)) << text;
  EXPECT_TRUE(MessageDifferencer::Equals(message, expected)) << text;
}

void ExpectMeaning(const GoldenRecord& record) {
  if (!record.value.has_value()) {
    EXPECT_EQ(record.means, "");
  } else if (record.key == kCheckpointKey) {
    results::Checkpoint checkpoint;
    ASSERT_THAT(DecodeCheckpoint(*record.value, &checkpoint), IsOk());
    ExpectMeans(checkpoint, record.means);
  } else if (ParseSegmentKey(record.key).has_value()) {
    results::Segment segment;
    ASSERT_THAT(DecodeSegment(*record.value, &segment), IsOk());
    ExpectMeans(segment, record.means);
  } else {
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot(*record.value, &snapshot), IsOk());
    ExpectMeans(snapshot, record.means);
  }
}

// The checkpoint is last; the order of the keys within a commit is free.
void ExpectSameBytes(GoldenCommit got, GoldenCommit want) {
  ASSERT_EQ(got.size(), want.size());
  EXPECT_EQ(got.back().key, kCheckpointKey);
  EXPECT_EQ(want.back().key, kCheckpointKey);
  const auto by_key = [](const GoldenRecord& a, const GoldenRecord& b) {
    return a.key < b.key;
  };
  std::sort(got.begin(), got.end(), by_key);
  std::sort(want.begin(), want.end(), by_key);
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].key, want[i].key);
    EXPECT_TRUE(got[i].value == want[i].value)
        << "of key " << want[i].key << ":\n  " << got[i].means << "\nis not\n  "
        << want[i].means;
  }
}

GoldenCommit WithoutDigest(GoldenCommit commit) {
  results::Checkpoint checkpoint;
  EXPECT_THAT(DecodeCheckpoint(*commit.back().value, &checkpoint), IsOk());
  checkpoint.clear_digest();
  commit.back().value = EncodeResult(checkpoint);
  return commit;
}

class GoldenTest : public ::testing::TestWithParam<GoldenCase> {
 protected:
  const GoldenCase& golden() const { return GetParam(); }

  // After the first `commits` of the file have been read.
  std::unique_ptr<PartitionState> Restored(
      const std::vector<GoldenCommit>& file, size_t commits) {
    auto state = std::make_unique<PartitionState>(&pipeline_, kGoldenPartition);
    for (size_t i = 0; i < commits; ++i) {
      for (const GoldenRecord& record : file[i]) {
        EXPECT_THAT(state->Restore(record.key, record.value), IsOk());
      }
    }
    EXPECT_THAT(state->FinishRestore(), IsOkAndHolds(true));
    return state;
  }

  const Pipeline pipeline_{GetParam().spec, GoldenIdentity()};
};

TEST_P(GoldenTest, MeansWhatItMeant) {
  for (const int format : kFormats) {
    for (const GoldenCommit& commit : ReadGolden(format, golden().name)) {
      for (const GoldenRecord& record : commit) ExpectMeaning(record);
    }
  }
}

TEST_P(GoldenTest, TheSameRecordsGiveTheSameBytes) {
  const auto file = ReadGolden(kNewestFormat, golden().name);
  ASSERT_EQ(file.size(), golden().commits.size());
  PartitionState state(&pipeline_, kGoldenPartition);
  state.StartEmpty(Offset(golden().start_offset));
  for (size_t i = 0; i < file.size(); ++i) {
    ExpectSameBytes(CommitOf(FoldCommit(golden(), i, &state)), file[i]);
  }
}

TEST_P(GoldenTest, IsRestoredProvenAndGoneOnFrom) {
  const auto newest = ReadGolden(kNewestFormat, golden().name);
  for (const int format : kFormats) {
    const auto file = ReadGolden(format, golden().name);
    ASSERT_EQ(file.size(), newest.size());
    for (size_t commits = 1; commits <= file.size(); ++commits) {
      const auto state = Restored(file, commits);
      for (size_t i = commits; i < file.size(); ++i) {
        const GoldenCommit got = CommitOf(FoldCommit(golden(), i, state.get()));
        if (format == kNewestFormat) {
          ExpectSameBytes(got, newest[i]);
        } else {
          // What has not changed since lies there in its older form.
          ExpectSameBytes(WithoutDigest(got), WithoutDigest(newest[i]));
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTest, testing::ValuesIn(GoldenCases()),
                         [](const auto& test) { return test.param.name; });

// The numbers themselves, told without the code that made them: 1 to 9 came.
TEST(GoldenNumbersTest, AveragesOfPlainNumbers) {
  for (const int format : kFormats) {
    const auto file = ReadGolden(format, "count");
    ASSERT_EQ(file.size(), 2u);
    results::Snapshot snapshot;
    ASSERT_THAT(DecodeSnapshot(file[1].front().value.value(), &snapshot),
                IsOk());
    EXPECT_EQ(file[1].front().key, "AAPL");
    EXPECT_EQ(snapshot.last_offset(), 8);
    EXPECT_EQ(snapshot.records(), 9u);
    EXPECT_EQ(snapshot.event_time(), 1'700'000'540'000'000);
    ASSERT_EQ(snapshot.averages_size(), 2);
    EXPECT_EQ(snapshot.averages(0).average(), 8);  // 7, 8, 9
    EXPECT_EQ(snapshot.averages(0).count(), 3u);
    EXPECT_EQ(snapshot.averages(1).average(), 7);  // 5 to 9
    EXPECT_EQ(snapshot.averages(1).min(), 5);
    EXPECT_EQ(snapshot.averages(1).max(), 9);
    EXPECT_DOUBLE_EQ(snapshot.averages(1).stddev(), std::sqrt(2.0));
    EXPECT_THAT(snapshot.samples().values(),
                testing::ElementsAre(5, 6, 7, 8, 9));
  }
}

TEST(GoldenNumbersTest, DispositionsOfEverything) {
  for (const int format : kFormats) {
    const auto file = ReadGolden(format, "everything");
    ASSERT_EQ(file.size(), 2u);
    results::Checkpoint checkpoint;
    ASSERT_THAT(DecodeCheckpoint(file[1].back().value.value(), &checkpoint),
                IsOk());
    EXPECT_EQ(checkpoint.start_offset(), 99);
    EXPECT_EQ(checkpoint.next_offset(), 125);
    EXPECT_EQ(checkpoint.sequence(), 2u);
    EXPECT_EQ(checkpoint.dispositions().skipped(), 2u);  // 113, 122
    EXPECT_EQ(checkpoint.dispositions().absent(), 8u);   // 99, 114-119, 121
    EXPECT_EQ(
        checkpoint.dispositions().late() + checkpoint.dispositions().applied(),
        16u);
    EXPECT_GT(checkpoint.dispositions().late(), 0u);
    // Deleted and idle keys have left.
    std::set<std::string> gone;
    for (const GoldenRecord& record : file[1]) {
      if (!record.value.has_value()) gone.insert(record.key);
    }
    EXPECT_THAT(gone, testing::IsSupersetOf({"deleted", "idle"}));
  }
}

TEST(GoldenFilesTest, EveryFileHasACase) {
  std::set<std::string> names;
  for (const GoldenCase& golden : GoldenCases()) {
    names.insert(golden.name + ".golden");
  }
  for (const int format : kFormats) {
    const auto directory =
        std::filesystem::path(GoldenPath(format, "")).parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      EXPECT_EQ(names.count(entry.path().filename().string()), 1u)
          << entry.path() << " is read by no test";
    }
  }
}

}  // namespace
}  // namespace exactmean

// The help of the commands about keys names each member of their JSON, and none
// that it has not.

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/diff/diff_text.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/explain/render_history.h"
#include "tools/inspect/export/export_writer.h"
#include "tools/inspect/get/key_answer.h"
#include "tools/inspect/get/window_contents.h"
#include "tools/inspect/help/schema_testing.h"
#include "tools/inspect/list/list_writer.h"
#include "tools/inspect/simulate/render.h"

namespace exactmean {
namespace {

results::Snapshot SnapshotOf(double average) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_records(2);
  results::Average* const its = snapshot.add_averages();
  its->set_average(average);
  its->set_count(2);
  return snapshot;
}

results::Checkpoint CheckpointOf() {
  results::Checkpoint checkpoint;
  checkpoint.add_windows(kWindow);
  return checkpoint;
}

TEST(KeySchemaTest, Explain) {
  Explanation e;
  e.key = kNoText;
  e.snapshot = SnapshotOf(1);
  InputRecord record;
  e.folded = {record};
  record.fate = InputRecord::Fate::kSkipped;
  record.problem = "no number";
  e.others = {record};
  WindowExplanation window;
  window.window.name = kWindow;
  window.window.kind = WindowSpec::Kind::kEwmaRecords;
  window.members = {0};
  window.weights = {1};
  e.windows = {window};
  ExpectDocumented(
      "explain", ExplanationJson(e),
      "a line of the snapshot all were read whatever that has went to "
      "retry topics agrees not_retained or undecided folded late "
      "skipped filtered deletes missed");
}

TEST(KeySchemaTest, History) {
  KeyHistory history;
  history.key = kNoText;
  history.checkpoint = CheckpointOf();
  KeyVersion version;
  version.snapshot = SnapshotOf(1);
  history.versions = {version};
  ExpectDocumented(
      "history", HistoryJson(history, 0),
      "a line version false of before rewind to another configuration "
      "by the names own s average");
}

std::string AnswersJson() {
  KeyAnswer answer;
  answer.key = kNoText;
  answer.at = Offset(7);
  answer.snapshot = EncodeResult(SnapshotOf(1));
  const results::Checkpoint checkpoint = CheckpointOf();
  const auto live = KeyAnswerJson(answer, &checkpoint);
  EXPECT_THAT(live, IsOk());
  answer.label = AnswerLabel::kUnavailable;
  const auto unavailable = KeyAnswerJson(answer, &checkpoint);
  EXPECT_THAT(unavailable, IsOk());
  return absl::StrCat(live.value_or(""), unavailable.value_or(""));
}

TEST(KeySchemaTest, Get) {
  results::Decayed decayed;
  results::Moments moments;
  moments.set_count(1);
  std::vector<WindowContents> contents(5);
  contents[0].window.kind = WindowSpec::Kind::kCount;
  contents[0].values = {1};
  contents[1].window.kind = WindowSpec::Kind::kTimeExact;
  contents[1].samples = {{1, 1}};
  contents[2].window.kind = WindowSpec::Kind::kTimePanes;
  contents[2].panes = {{0, 1, moments}};
  contents[3].window.kind = WindowSpec::Kind::kEwmaRecords;
  contents[3].decayed = &decayed;
  contents[4].window.kind = WindowSpec::Kind::kCumulative;
  contents[4].cumulative = &moments;
  ExpectDocumented(
      "get", absl::StrCat(AnswersJson(), ContentsJson(contents)),
      "an answer a line when it is no of now exact replayed "
      "unavailable false there was such the input null ewma cumulative "
      "window");
}

// As list and replay print them; `columns` of the one window.
std::string RowsJson(const std::vector<Column>& columns, bool tombstone) {
  const std::vector<NamedWindow> windows = {{kWindow, true}};
  std::vector<Cell> cells;
  for (const Column& column : columns) {
    cells.push_back(CellOf(column, SnapshotOf(1), Partition(0), Offset(0)));
  }
  std::ostringstream out;
  ListWriter writer(&out, OutputFormat::kJson, Terminal(), columns, windows);
  writer.Add({kNoText, Partition(0), /*deleted=*/false, cells});
  if (tombstone) writer.Add({"gone", Partition(0), /*deleted=*/true, cells});
  writer.Finish();
  return out.str();
}

TEST(KeySchemaTest, List) {
  ExpectDocumented(
      "list", RowsJson(AllColumns({{kWindow, true}}), /*tombstone=*/true),
      "has all columns or those of only when the is no a tombstone "
      "true");
}

TEST(KeySchemaTest, Replay) {
  ExpectDocumented("replay",
                   RowsJson(ColumnsWithoutOffset(AllColumns({{kWindow, true}})),
                            /*tombstone=*/false),
                   "an object a only when the is no");
}

TEST(KeySchemaTest, Export) {
  std::ostringstream out;
  const auto writer = MakeJsonlWriter(&out);
  ASSERT_THAT(writer->Begin({{kWindow, true}}), IsOk());
  ASSERT_THAT(writer->Write({kNoText, Partition(0), Offset(0), SnapshotOf(1)}),
              IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  ExpectDocumented(
      "export", out.str(),
      "in csv and jsonl of the table state sqlite as text one that is "
      "no with escapes its bytes if it not s record results topic last "
      "input folded newest set a window ewma windows average count "
      "alone empty null where holds nothing");
}

TEST(KeySchemaTest, Diff) {
  StateDiff diff(10);
  DiffSide left, right;
  left.at = right.at = Offset(1);
  left.windows = {kWindow, "before"};
  right.windows = {kWindow, "after"};
  results::Snapshot snapshot = SnapshotOf(1);
  *snapshot.add_averages() = snapshot.averages(0);
  left.snapshots[kNoText] = EncodeResult(snapshot);
  snapshot.mutable_averages(0)->set_average(2);
  right.snapshots[kNoText] = EncodeResult(snapshot);
  ASSERT_THAT(diff.Add(Partition(0), left, right), IsOk());
  ExpectDocumented(
      "diff", DiffJson(diff),
      "a line each first now exact replayed unavailable null no state "
      "the keys both of and infinite finite ones when it is them top");
}

TEST(KeySchemaTest, Simulate) {
  StateSpec spec;
  WindowSpec window;
  window.name = kWindow;
  window.kind = WindowSpec::Kind::kCumulative;
  spec.windows = {window};
  ChangeSet changes(Partition(0), 1);
  changes.AddKey("live");
  changes.EndSnapshot({Average()});
  changes.AddKey("gone");
  changes.EndTombstone(Offset(0));
  LineOutcome outcome;
  outcome.fate = LineOutcome::Fate::kLate;
  outcome.why = "its event time";
  ExpectDocumented(
      "simulate", OutcomeJson(outcome, changes, spec.windows),
      "output json an object a is applied late filtered skipped or "
      "stopped absent when holds for each changed the record that "
      "updates topic would get those alone one true final");
}

}  // namespace
}  // namespace exactmean

// On a terminal of 80 columns no line of an answer is longer, with values as
// they are in production; in a file nothing is cut.

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/result_codec.h"
#include "tools/inspect/audit/audit_text.h"
#include "tools/inspect/cluster/finding.h"
#include "tools/inspect/cluster/status_text.h"
#include "tools/inspect/diff/diff_text.h"
#include "tools/inspect/explain/render_history.h"
#include "tools/inspect/list/list_writer.h"
#include "tools/inspect/replay/verify_text.h"
#include "tools/inspect/text/text_width.h"
#include "tools/inspect/watch/watch_render.h"

namespace exactmean {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kOffset = 98765432;
constexpr uint64_t kMany = 87654321;
constexpr char kKey[] = "sensor-027860";
constexpr char kLongKey[] =
    "plant-north/line-12/press-4/bearing-temperature/sensor-027860";
const std::vector<std::string>& Windows() {
  static const auto* const kWindows =
      new std::vector<std::string>{"last1000", "five_minutes", "smooth"};
  return *kWindows;
}

results::Checkpoint CheckpointOf(bool all_fates) {
  results::Checkpoint checkpoint;
  checkpoint.set_next_offset(kOffset);
  checkpoint.set_keys(kMany);
  checkpoint.set_sequence(kMany);
  results::Dispositions* const d = checkpoint.mutable_dispositions();
  d->set_applied(kMany);
  d->set_absent(kMany);
  for (const std::string& window : Windows()) checkpoint.add_windows(window);
  if (!all_fates) return checkpoint;
  d->set_late(kMany);
  d->set_skipped(kMany);
  d->set_dead_lettered(kMany);
  d->set_retried(kMany);
  d->set_filtered(kMany);
  d->set_lost(kMany);
  checkpoint.add_retry_topics()->set_waiting(kMany);
  return checkpoint;
}

results::Snapshot SnapshotOf(double average) {
  results::Snapshot snapshot;
  snapshot.set_format(kSnapshotFormat);
  snapshot.set_records(kMany);
  snapshot.set_last_offset(kOffset);
  snapshot.set_event_time(1500000000123456);
  for (size_t i = 0; i < Windows().size(); ++i) {
    results::Average* const its = snapshot.add_averages();
    its->set_average(average / 3);
    its->set_count(kMany);
  }
  return snapshot;
}

std::string Status(const Terminal& terminal) {
  ApplicationStatus status;
  status.now = absl::FromUnixSeconds(1700000100);
  status.bootstrap_servers = "kafka1:9092";
  status.application_id = "temperatures";
  status.input_topic = "readings";
  status.results_topic = "averages";
  status.group = GroupDescription{"Stable", {}, absl::nullopt};
  status.unseen = {
      "the group's members: not authorised: Describe on group "
      "temperatures, which is asked for"};
  for (const int32_t p : {0, 1, 11}) {
    PartitionStatus at;
    at.partition = Partition(p);
    at.checkpoint = CheckpointOf(/*all_fates=*/true);
    at.committed_at = status.now - absl::Minutes(83);
    at.digest_verified = p == 0;
    at.keys = at.records_read = at.bytes_read = kMany;
    at.agreement = Agreement::kUndecided;
    at.owner = "temperatures-production-0";
    at.input = OffsetRange{Offset(0), Offset(kOffset)};
    at.input_stable = Offset(kOffset);
    at.lag = kMany;
    at.open = {{"averages",
                Offset(kOffset),
                status.now - absl::Hours(2),
                {"temperatures/temperatures-production-0"}}};
    status.partitions.push_back(at);
  }
  return StatusText(status, terminal);
}

std::string List(const Terminal& terminal) {
  std::vector<NamedWindow> windows;
  for (const std::string& name : Windows()) windows.push_back({name, true});
  std::ostringstream out;
  const std::vector<Column> columns = UsualColumns(windows);
  ListWriter writer(&out, OutputFormat::kText, terminal, columns, windows,
                    "--columns chooses");
  for (const char* const key : {kKey, kLongKey}) {
    std::vector<Cell> cells;
    for (const Column& column : columns) {
      cells.push_back(
          CellOf(column, SnapshotOf(1234567), Partition(1), Offset(kOffset)));
    }
    writer.Add({key, Partition(1), false, cells});
  }
  writer.Finish();
  return out.str();
}

std::string Audits(const Terminal& terminal, bool all_fates) {
  PartitionAudit audit;
  audit.partition = Partition(11);
  audit.checkpoints = kMany;
  audit.first = audit.last = CheckpointOf(all_fates);
  audit.writers = {
      {"temperatures/temperatures-production-0", kMany, kMany, kOffset},
      {"temperatures/temperatures-production-1", kMany, kMany, kOffset}};
  audit.counted_from = audit.group = Offset(kOffset);
  audit.counted = audit.expected = kMany;
  audit.violations = {
      {Offset(kOffset), absl::StrCat("commit ", kMany, " follows commit ",
                                     kMany, ": some are lost in between")}};
  PartitionAudit none;
  none.partition = Partition(12);
  return AuditsText({audit, none}, terminal);
}

std::string Verdicts(const Terminal& terminal, uint64_t rare) {
  PartitionVerdict verdict;
  verdict.partition = Partition(11);
  verdict.outcome = PartitionVerdict::Outcome::kDiffers;
  verdict.start = verdict.next = Offset(kOffset);
  verdict.replayed = verdict.keys = verdict.compared = kMany;
  verdict.different = 1;
  verdict.compared_counts = verdict.not_compared = verdict.missing =
      verdict.extra = rare;
  verdict.first[kLongKey] = {KeyDifference::Kind::kDifferent, Offset(kOffset),
                             EncodeResult(SnapshotOf(1234567)),
                             EncodeResult(SnapshotOf(7654321))};
  verdict.first[kKey] = {KeyDifference::Kind::kExtra, Offset(kOffset), "x", ""};
  verdict.checkpoint = {{"keys", absl::StrCat(kMany), absl::StrCat(kMany + 1)}};
  verdict.remarks = {
      "the input is retained from offset 98765432 on, the state begins before: "
      "keys with older records are compared in part"};
  const std::vector<PartitionVerdict> verdicts = {verdict};
  return absl::StrCat(VerdictsText(verdicts, Windows(), terminal), "\n",
                      Wrapped(Summary(verdicts, 0.125), terminal.width, 2));
}

std::string Doctor(const Terminal& terminal) {
  return FindingsText(
      {{Grade::kWarn, "min.insync.replicas",
        "topic averages: 1, with 3 copies, on brokers that are far apart",
        "a commit that one broker has alone is lost with it, which is what "
        "nobody wants of it",
        "kafka-configs.sh --alter"}},
      terminal);
}

std::string Watch(const Terminal& terminal) {
  WatchView view;
  view.time = absl::FromUnixSeconds(1700000100);
  view.interval = absl::Seconds(2);
  view.window = "five_minutes";
  for (int32_t p = 0; p < 12; ++p) {
    view.partitions.push_back({Partition(p), Offset(kOffset),
                               static_cast<int64_t>(kMany), absl::Minutes(83),
                               1000000, 123456.7, 12.5});
  }
  view.movers = {{kLongKey, Partition(11), 1234567, 7654321},
                 {kKey, Partition(1), 7654321, 1234567}};
  return WatchScreen(view, "averages", "", terminal);
}

std::string Diff(const Terminal& terminal) {
  StateDiff diff(10);
  DiffSide left, right;
  left.at = right.at = Offset(kOffset);
  left.windows = right.windows = Windows();
  for (const char* const key : {kKey, kLongKey}) {
    left.snapshots[key] = EncodeResult(SnapshotOf(1234567));
    right.snapshots[key] = EncodeResult(SnapshotOf(7654321));
  }
  right.snapshots["sensor-027861"] = EncodeResult(SnapshotOf(1));
  right.remarks = {
      "folded anew from the input, as the log no longer holds what "
      "was there at that time"};
  EXPECT_TRUE(diff.Add(Partition(11), left, right).ok());
  return DiffText(diff,
                  {"averages as of 2026-11-21T09:30:00Z on kafka1:9092,kafka2:"
                   "9092,kafka3:9092",
                   "averages-new, now"},
                  terminal);
}

std::string History(const Terminal& terminal) {
  KeyHistory history;
  history.key = kLongKey;
  history.partition = Partition(11);
  history.checkpoint = CheckpointOf(/*all_fates=*/false);
  for (int i = 0; i < 3; ++i) {
    KeyVersion version;
    version.offset = Offset(kOffset + i);
    version.timestamp_ms = 1500000000123 + i;
    version.snapshot = SnapshotOf(1234567 + i);
    version.snapshot->set_records(kMany + static_cast<uint64_t>(2 * i));
    version.snapshot->set_last_offset(kOffset + i);
    history.versions.push_back(version);
  }
  history.late = 12345;
  history.damaged = 12;
  return HistoryText(history, terminal, /*utf8=*/true, 100);
}

using Render = std::string (*)(const Terminal&);

const std::pair<const char*, Render> kAnswers[] = {
    {"status", Status},
    {"list", List},
    {"audit", [](const Terminal& to) { return Audits(to, false); }},
    {"audit of all fates", [](const Terminal& to) { return Audits(to, true); }},
    {"verify", [](const Terminal& to) { return Verdicts(to, 0); }},
    {"verify of all", [](const Terminal& to) { return Verdicts(to, 12345); }},
    {"doctor", Doctor},
    {"watch", Watch},
    {"diff", Diff},
    {"history", History}};

Terminal Narrow(int width = 80) {
  Terminal terminal;
  terminal.interactive = true;
  terminal.width = width;
  terminal.height = 24;
  return terminal;
}

// It is to be copied, and stays on its line.
bool IsCommand(absl::string_view line) {
  return absl::StrContains(line, "--bootstrap-server ") ||
         absl::StrContains(line, "exactmean-inspect rewind --config");
}

TEST(WidthTest, NoLineIsWiderThanTheTerminal) {
  for (int i = 0; i < 10 * 30; ++i) {
    const auto& [name, render] = kAnswers[i % 10];
    const int width = 79 + i / 10;
    const std::string text = render(Narrow(width));
    SCOPED_TRACE(absl::StrCat(name, ", ", width, "\n", text));
    EXPECT_GT(text.size(), 100u);
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      if (IsCommand(line)) continue;
      EXPECT_LE(TextWidth(line), static_cast<size_t>(width)) << line;
    }
  }
}

TEST(WidthTest, WhatIsLeftOutOnATerminalIsNamed) {
  EXPECT_THAT(Audits(Narrow(), false),
              HasSubstr("\n0 or - everywhere: LATE, SKIPPED, DEAD, RETRIED, "
                        "FILTERED\n"));
  EXPECT_THAT(
      List(Narrow()),
      AllOf(HasSubstr(absl::StrCat("\n", kKey, " ")),
            HasSubstr(
                "\nno room for five_minutes, smooth: --columns chooses\n")));
}

TEST(WidthTest, InAFileNothingIsCut) {
  const Terminal file;
  EXPECT_THAT(Audits(file, false), HasSubstr("APPLIED  LATE  SKIPPED  DEAD"));
  EXPECT_THAT(List(file), HasSubstr("  smooth\n"));
  EXPECT_THAT(Verdicts(file, 0), HasSubstr("IN PART  NOT  DIFFERENT  MISSING"));
  EXPECT_THAT(Status(file), HasSubstr("  temperatures-production-0\n"));
  for (const Render render : {Diff, List, History}) {
    EXPECT_THAT(render(file), Not(HasSubstr("...")));
  }
}

}  // namespace
}  // namespace exactmean

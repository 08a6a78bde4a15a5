// DeliveryCell.

#include "tests/delivery/delivery_cell.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "processor/dead_letter/dead_letter.h"
#include "state/dispositions.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/world/view_check.h"

namespace exactmean {
namespace {

constexpr int kPartitions = 2;
constexpr int kKeys = 150;
constexpr int kBatch = 60;
// Records arrive while time passes; not a wait for anything.
constexpr absl::Duration kPause = absl::Milliseconds(4);

std::string NameOf(const Delivery& delivery) {
  return absl::StrCat("cell-", ToString(delivery.mode), "-",
                      ToString(delivery.commits));
}

// Of the window "all", which counts all records of the key; 0: none.
uint64_t CountOf(absl::string_view update) {
  const size_t all = update.find("\"all\":");
  if (all == absl::string_view::npos) return 0;
  const absl::string_view name = "\"count\":";
  const size_t count = update.find(name, all);
  if (count == absl::string_view::npos) return 0;
  const absl::string_view rest = update.substr(count + name.size());
  uint64_t number = 0;
  return absl::SimpleAtoi(rest.substr(0, rest.find('}')), &number) ? number : 0;
}

}  // namespace

std::string DeliveryOutcome::Header() {
  return absl::StrFormat(
      "%-14s %-16s %6s %5s %8s %6s %6s %-16s %9s %8s %9s %8s\n", "mode",
      "commits", "kills", "half", "records", "lost", "twice", "state",
      "updates x2", "missing", "letters x2", "missing");
}

std::string DeliveryOutcome::Line(const Delivery& delivery) const {
  return absl::StrFormat(
      "%-14s %-16s %6d %5d %8d %6d %6d %-16s %9d %8d %9d %8d\n",
      ToString(delivery.mode),
      delivery.transactional() ? "-" : ToString(delivery.commits), kills,
      half_written, records, lost, counted_twice,
      state_right ? "right"
      : lost > 0  ? "without the lost"
                  : "WRONG",
      updates_repeated, updates_missing, letters_repeated, letters_missing);
}

DeliveryCell::DeliveryCell(const Delivery& delivery, uint64_t seed)
    : delivery_(delivery),
      pipeline_(NameOf(delivery), kPartitions),
      random_(seed) {
  const std::string name = NameOf(delivery);
  pipeline_.on_bad_record = BadRecordPolicy::kDeadLetter;
  pipeline_.extra_config = absl::StrCat(
      "on_bad_record: DEAD_LETTER dead_letters { topic: \"", name,
      "-dead\" } updates { topic: \"", name,
      "-updates\" } commit { interval: \"10ms\" max_records: 300 } ",
      // Small batches, so that a step can be written in part.
      "kafka { property { key: \"batch.size\" value: \"1500\" } }",
      delivery.transactional()
          ? ""
          : absl::StrCat(" delivery { mode: ", ToString(delivery.mode),
                         " commits: ", ToString(delivery.commits), " }"));
  for (const char* topic : {"-dead", "-updates"}) {
    const absl::Status made = pipeline_.client().CreateTopic(
        name + topic, kPartitions, {{"retention.ms", "-1"}});
    if (made.ok()) continue;
    std::cerr << made << std::endl;
    std::abort();
  }
}

absl::Status DeliveryCell::ProduceBatch() {
  std::vector<Record> records;
  for (int i = 0; i < kBatch; ++i) {
    Record record;
    // A key is always of one partition.
    const auto key = static_cast<int32_t>(random_() % kKeys);
    record.partition = Partition(key % kPartitions);
    record.key = absl::StrCat("key", key);
    record.value = random_() % 40 == 0
                       ? "not a number"
                       : absl::StrCat(random_() % 100000, ".25");
    records.push_back(record);
  }
  return writer_->Write(pipeline_.input(), records);
}

absl::Status DeliveryCell::KillOnce(int nth) {
  const auto instance = pipeline_.Start("a");
  if (!instance.ok()) return instance.status();
  absl::Status status;
  // Some die while they start, some in the middle of their work.
  if (nth % 8 != 0) status = (*instance)->AwaitLog("starts at offset");
  const absl::Time end = absl::Now() + absl::Microseconds(random_() % 120'000);
  while (status.ok() && absl::Now() < end) {
    status = ProduceBatch();
    absl::SleepFor(kPause);
  }
  status.Update((*instance)->Kill());
  ++outcome_.kills;
  const std::string log = (*instance)->Log();
  if (absl::StrContains(log, "were written for offsets after") ||
      absl::StrContains(log, "records are lost")) {
    ++outcome_.half_written;
  }
  return status;
}

// The group's offset may be at the end long before: at most once, that of who
// was killed.
absl::Status DeliveryCell::CheckWritten() {
  for (int32_t p = 0; p < kPartitions; ++p) {
    const auto end = pipeline_.client().EndOffset(
        pipeline_.input(), Partition(p), Isolation::kCommitted);
    if (!end.ok()) return end.status();
    const auto checkpoint = pipeline_.Checkpoint(Partition(p));
    if (!checkpoint.ok()) return checkpoint.status();
    if (checkpoint->next_offset() == end->value()) continue;
    return absl::UnavailableError(
        absl::StrCat("the checkpoint of partition ", p, " is at ",
                     checkpoint->next_offset(), " of ", end->value()));
  }
  return absl::OkStatus();
}

absl::Status DeliveryCell::CatchUp() {
  const auto last = pipeline_.Start("a");
  if (!last.ok()) return last.status();
  absl::Status status = Eventually([this] { return CheckWritten(); });
  if (status.ok()) status = pipeline_.AwaitCaughtUp();
  const auto exit = (*last)->Terminate();
  status.Update(exit.status());
  if (status.ok() && !exit->ok()) {
    status = absl::InternalError(exit->ToString());
  }
  return status.ok()
             ? status
             : absl::Status(status.code(), absl::StrCat(status.message(), "\n",
                                                        (*last)->Log()));
}

absl::Status DeliveryCell::MeasureState() {
  const auto input = pipeline_.client().ReadTopic(pipeline_.input());
  if (!input.ok()) return input.status();
  const auto results = pipeline_.client().ReadTopic(pipeline_.results());
  if (!results.ok()) return results.status();
  std::vector<Model> models(kPartitions,
                            Model(LastAndAll(), pipeline_.on_bad_record));
  std::map<std::string, uint64_t> produced;
  for (const Record& record : *input) {
    const ModelRecord one =
        ToModelRecord(record.key, record.value, record.timestamp_ms);
    if (one.kind == ModelRecord::Kind::kValue) ++produced[*record.key];
    models[static_cast<size_t>(record.partition.value())].Append(one);
  }
  outcome_.records = input->size();
  std::vector<CommittedView> views(kPartitions);
  for (const Record& record : *results) {
    auto& view = views[static_cast<size_t>(record.partition.value())];
    view[*record.key] = record.value.value_or("");
  }
  outcome_.state_right = true;
  for (size_t p = 0; p < views.size(); ++p) {
    Offset next;
    const absl::Status right = CheckView(models[p], views[p], &next);
    outcome_.state_right &= right.ok() && next == models[p].end();
    results::Checkpoint checkpoint;
    absl::Status status =
        DecodeCheckpoint(views[p][std::string(kCheckpointKey)], &checkpoint);
    if (!status.ok()) return status;
    const results::Dispositions& d = checkpoint.dispositions();
    outcome_.lost += d.lost();
    if (RecordsOf(d) + d.lost() + d.absent() !=
        static_cast<uint64_t>(models[p].end().value())) {
      return absl::InternalError("the records do not add up");
    }
    for (const auto& [key, value] : views[p]) {
      results::Snapshot snapshot;
      if (IsReservedKey(key)) continue;
      status = DecodeSnapshot(value, &snapshot);
      if (!status.ok()) return status;
      snapshot_counts_[key] = snapshot.records();
      if (snapshot.records() > produced[key]) {
        outcome_.counted_twice += snapshot.records() - produced[key];
      }
    }
  }
  return absl::OkStatus();
}

// An update that says no more than one before it is a repetition; but at most
// once, where a key may have lost what was told of it, only one that says the
// very same is. The last one of each key is to say what its snapshot says.
absl::Status DeliveryCell::MeasureUpdates() {
  const auto updates =
      pipeline_.client().ReadTopic(NameOf(delivery_) + "-updates");
  if (!updates.ok()) return updates.status();
  const bool may_lose = delivery_.mode == DeliveryMode::kAtMostOnce;
  std::set<std::string> told;
  std::map<std::string, uint64_t> newest;
  for (const Record& update : *updates) {
    const uint64_t count = CountOf(*update.value);
    if (count == 0) return absl::InternalError("an update without a count");
    uint64_t& seen = newest[*update.key];
    const bool is_new = told.insert(*update.value).second;
    if (may_lose ? !is_new : count <= seen) ++outcome_.updates_repeated;
    seen = may_lose ? count : std::max(seen, count);
  }
  for (const auto& [key, count] : snapshot_counts_) {
    if (newest[key] != count) ++outcome_.updates_missing;
  }
  return absl::OkStatus();
}

absl::Status DeliveryCell::MeasureLetters() {
  const auto letters =
      pipeline_.client().ReadTopic(NameOf(delivery_) + "-dead");
  if (!letters.ok()) return letters.status();
  std::set<std::pair<int32_t, int64_t>> seen;
  for (const Record& letter : *letters) {
    const auto parsed = ParseDeadLetter(
        {letter.key, letter.value, letter.headers, letter.timestamp_ms});
    if (!parsed.ok()) return parsed.status();
    if (!seen.emplace(letter.partition.value(), parsed->origin.offset.value())
             .second) {
      ++outcome_.letters_repeated;
    }
  }
  const auto input = pipeline_.client().ReadTopic(pipeline_.input());
  if (!input.ok()) return input.status();
  for (const Record& record : *input) {
    if (record.value != "not a number") continue;
    if (seen.count({record.partition.value(), record.offset.value()}) == 0) {
      ++outcome_.letters_missing;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<DeliveryOutcome> DeliveryCell::Run(int kills) {
  auto writer = Writer::Create(SharedBroker());
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  absl::Status status = ProduceBatch();
  for (int i = 0; i < kills && status.ok(); ++i) status = KillOnce(i);
  if (status.ok()) status = CatchUp();
  if (status.ok()) status = MeasureState();
  if (status.ok()) status = MeasureUpdates();
  if (status.ok()) status = MeasureLetters();
  if (!status.ok()) return status;
  return outcome_;
}

}  // namespace exactmean

// KeyHistory and ReadKeyHistories.

#include "tools/inspect/explain/key_history.h"

#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/records/late_records.h"

namespace exactmean {
namespace {

// By key and partition.
using Histories = std::map<std::pair<std::string, Partition>, KeyHistory>;

// Records of a key that are no snapshots, since its last that is one.
struct Damage {
  absl::Status newest;
  uint64_t records = 0;
};
using Damages = std::map<std::pair<std::string, Partition>, Damage>;

absl::Status Accept(const LogRecord& record, absl::string_view key,
                    LateRecords* late, Damages* damages, Histories* histories) {
  const std::pair<std::string, Partition> where = {std::string(key),
                                                   record.partition};
  const auto made_by = late->MadeBy(record);
  if (!made_by.ok()) return made_by.status();
  KeyVersion version;
  version.offset = record.offset;
  version.timestamp_ms = record.timestamp_ms;
  version.made_by = *made_by;
  if (record.value.has_value()) {
    const absl::Status status =
        DecodeSnapshot(*record.value, &version.snapshot.emplace());
    if (!status.ok()) {
      Damage& damage = (*damages)[where];
      ++damage.records;
      damage.newest = absl::Status(
          status.code(),
          absl::StrCat("partition ", record.partition.value(), ", offset ",
                       record.offset.value(), ": key \"", PrintableKey(key),
                       "\": ", status.message()));
      return absl::OkStatus();
    }
  }
  KeyHistory& history = (*histories)[where];
  history.key = std::string(key);
  history.partition = record.partition;
  const bool held =
      !history.versions.empty() && history.newest().snapshot.has_value();
  if (late->IsLate(key, *made_by, record.value.has_value(),
                   held ? history.newest().made_by : LateRecords::kUnknown)) {
    ++history.late;
    return absl::OkStatus();
  }
  const auto damage = damages->find(where);
  if (damage != damages->end()) {
    history.damaged += damage->second.records;
    damages->erase(damage);
  }
  history.versions.push_back(std::move(version));
  return absl::OkStatus();
}

// The first of the keys that `word` may mean and the topic knows.
absl::Status Take(const std::string& word, const Histories& histories,
                  std::vector<KeyHistory>* to) {
  for (const std::string& key : KeysMeantBy(word)) {
    bool found = false;
    for (auto it = histories.lower_bound({key, Partition(0)});
         it != histories.end() && it->first.first == key; ++it) {
      to->push_back(it->second);
      found = true;
    }
    if (found) return absl::OkStatus();
  }
  return Stop(StopReason::kNotFound,
              absl::NotFoundError(absl::StrCat(
                  "no key \"", PrintableKey(word),
                  "\" in the results topic, not even deleted; "
                  "`exactmean-inspect list` shows those there are")));
}

void AcceptCheckpoint(const LogRecord& record, LateRecords* late,
                      std::map<Partition, results::Checkpoint>* newest,
                      Histories* histories) {
  auto checkpoint = late->ReadCheckpoint(record);
  if (!checkpoint.has_value()) return;
  late->Hold(*checkpoint);
  for (auto& [where, history] : *histories) {
    if (history.partition != record.partition) continue;
    const uint64_t fingerprint = checkpoint->fingerprint();
    history.versions.back().fingerprint = fingerprint;
    history.configurations.try_emplace(fingerprint, *checkpoint);
  }
  (*newest)[record.partition] = *std::move(checkpoint);
}

}  // namespace

bool KeyHistory::IsCurrent(const KeyVersion& version) const {
  return !version.fingerprint.has_value() || !checkpoint.has_value() ||
         *version.fingerprint == checkpoint->fingerprint();
}

const results::Checkpoint* KeyHistory::CheckpointOf(
    const KeyVersion& version) const {
  if (!IsCurrent(version)) return &configurations.at(*version.fingerprint);
  return checkpoint.has_value() ? &*checkpoint : nullptr;
}

absl::StatusOr<std::vector<KeyHistory>> ReadKeyHistories(
    TopicReader* reader, absl::Span<const Stretch> stretches,
    absl::Span<const std::string> words, const ScanOptions& options) {
  absl::flat_hash_set<std::string> wanted;
  for (const std::string& word : words) {
    for (std::string& key : KeysMeantBy(word)) wanted.insert(std::move(key));
  }
  Histories histories;
  Damages damages;
  std::map<Partition, results::Checkpoint> checkpoints;  // the newest
  std::map<Partition, LateRecords> late;
  const auto ends =
      Scan(reader, stretches, options, [&](const LogRecord& record) {
        const absl::string_view key = record.key.value_or("");
        if (key == kCheckpointKey) {
          AcceptCheckpoint(record, &late[record.partition], &checkpoints,
                           &histories);
          return absl::OkStatus();
        }
        if (IsReservedKey(key) || !wanted.contains(key)) {
          return absl::OkStatus();
        }
        return Accept(record, key, &late[record.partition], &damages,
                      &histories);
      });
  if (!ends.ok()) return ends.status();
  for (const auto& [partition, its] : late) {
    if (!its.bad().ok()) return its.bad();
  }
  if (!damages.empty()) return damages.begin()->second.newest;
  for (auto& [where, history] : histories) {
    const auto it = checkpoints.find(history.partition);
    if (it != checkpoints.end()) history.checkpoint = it->second;
  }
  std::vector<KeyHistory> result;
  for (const std::string& word : words) {
    const absl::Status status = Take(word, histories, &result);
    if (!status.ok()) return status;
  }
  return result;
}

}  // namespace exactmean

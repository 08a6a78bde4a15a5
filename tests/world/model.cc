// Model.

#include "tests/world/model.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "state/result_codec.h"
#include "tests/world/window_definitions.h"

namespace exactmean {
namespace {

bool Near(double got, double want, double scale) {
  return std::fabs(got - want) <= 1e-9 * std::max(std::fabs(scale), 1.0);
}

absl::Status CheckAverage(const WindowSpec& window, const results::Average& got,
                          const std::vector<Sample>& samples) {
  const Average want = AverageByDefinition(window, samples);
  const double scale = std::max(std::fabs(want.max), std::fabs(want.min));
  const bool weighted = window.kind == WindowSpec::Kind::kEwmaRecords ||
                        window.kind == WindowSpec::Kind::kEwmaHalfLife;
  if (got.count() == want.count &&
      Near(got.average(), want.average, want.average) &&
      (weighted || (got.min() == want.min && got.max() == want.max &&
                    Near(got.stddev(), want.stddev, scale)))) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat(
      "window ", window.name, ": average ", got.average(), " of ", got.count(),
      " values, want ", want.average, " of ", want.count, "; minimum ",
      got.min(), ", want ", want.min, "; maximum ", got.max(), ", want ",
      want.max, "; deviation ", got.stddev(), ", want ", want.stddev));
}

}  // namespace

ModelFold Model::StartAt(Offset start) const {
  ModelFold fold;
  fold.start = fold.next = start;
  return fold;
}

void Model::Advance(Offset next, ModelFold* fold,
                    std::set<std::string>* touched,
                    const std::set<Offset>& sent) const {
  for (; fold->next < next; fold->next = Next(fold->next)) {
    if (sent.count(fold->next) > 0) {
      ++fold->retried;
    } else {
      FoldOne(record(fold->next), fold->next, fold, touched);
    }
  }
}

void Model::FoldRetried(Offset offset, ModelFold* fold,
                        std::set<std::string>* touched) const {
  const std::string& name = *record(offset).key;
  const auto before = fold->keys.find(name);
  const Offset last =
      before == fold->keys.end() ? offset : before->second.last_offset;
  FoldValue(record(offset), offset, fold, touched);
  --fold->applied;
  ++fold->retries_applied;
  ModelFold::Key& key = fold->keys[name];
  key.last_offset = std::max(last, offset);
  ++key.retried;
}

void Model::FoldOne(const ModelRecord& record, Offset offset, ModelFold* fold,
                    std::set<std::string>* touched) const {
  switch (record.kind) {
    case ModelRecord::Kind::kAbsent:
      ++fold->absent;
      return;
    case ModelRecord::Kind::kBad:
      ++(on_bad_record_ == BadRecordPolicy::kDeadLetter ? fold->dead_lettered
                                                        : fold->skipped);
      return;
    case ModelRecord::Kind::kFilter:
      ++fold->filtered;
      return;
    case ModelRecord::Kind::kDelete:
      ++fold->applied;
      fold->keys.erase(*record.key);
      touched->insert(*record.key);
      return;
    case ModelRecord::Kind::kValue:
      FoldValue(record, offset, fold, touched);
  }
}

void Model::FoldValue(const ModelRecord& record, Offset offset, ModelFold* fold,
                      std::set<std::string>* touched) const {
  const EventTime time(record.timestamp_ms * 1000);
  absl::optional<EventTime>& stream = fold->stream_time;
  if (spec_.grace_us.has_value() && stream.has_value() &&
      time.value() < stream->value() - *spec_.grace_us) {
    ++fold->late;
    return;
  }
  ++fold->applied;
  if (!stream.has_value() || time > *stream) {
    stream = time;
    // Time has moved on: who has been idle for too long by now is forgotten.
    for (auto it = fold->keys.begin(); it != fold->keys.end();) {
      const bool idle =
          spec_.idle_key_ttl_us.has_value() &&
          it->second.newest.value() < time.value() - *spec_.idle_key_ttl_us;
      if (idle) touched->insert(it->first);
      it = idle ? fold->keys.erase(it) : std::next(it);
    }
  }
  ModelFold::Key& key = fold->keys[*record.key];
  key.newest = key.samples.empty() ? time : std::max(key.newest, time);
  key.samples.push_back({record.value, time});
  key.last_offset = offset;
  touched->insert(*record.key);
}

absl::Status Model::CheckKey(const ModelFold& fold, const std::string& key,
                             absl::optional<absl::string_view> value) const {
  const auto want = fold.keys.find(key);
  if (want == fold.keys.end()) {
    return value.has_value() ? absl::InternalError("it should have no snapshot")
                             : absl::OkStatus();
  }
  if (!value.has_value()) return absl::InternalError("its snapshot is missing");
  results::Snapshot got;
  const absl::Status decoded = DecodeSnapshot(*value, &got);
  if (!decoded.ok()) return decoded;
  const std::vector<Sample>& samples = want->second.samples;
  if (got.records() != samples.size() ||
      got.retried() != want->second.retried ||
      got.last_offset() != want->second.last_offset.value() ||
      got.event_time() != want->second.newest.value()) {
    return absl::InternalError(absl::StrCat(
        got.records(), " records, want ", samples.size(), "; ", got.retried(),
        " of them retried, want ", want->second.retried, "; the last at ",
        got.last_offset(), ", want ", want->second.last_offset.value(),
        "; event time ", got.event_time(), ", want ",
        want->second.newest.value()));
  }
  if (static_cast<size_t>(got.averages_size()) != spec_.windows.size()) {
    return absl::InternalError(absl::StrCat(
        got.averages_size(), " averages, want ", spec_.windows.size()));
  }
  for (size_t i = 0; i < spec_.windows.size(); ++i) {
    const absl::Status status = CheckAverage(
        spec_.windows[i], got.averages(static_cast<int>(i)), samples);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Model::CheckCheckpoint(const ModelFold& fold,
                                    const results::Checkpoint& checkpoint) {
  const results::Dispositions& got = checkpoint.dispositions();
  if (got.applied() != fold.applied || got.late() != fold.late ||
      got.skipped() != fold.skipped ||
      got.dead_lettered() != fold.dead_lettered ||
      got.filtered() != fold.filtered || got.absent() != fold.absent ||
      got.retried() != fold.retried) {
    return absl::InternalError(absl::StrCat(
        "the checkpoint counts ", got.applied(), " applied, ", got.late(),
        " late, ", got.skipped(), " skipped, ", got.dead_lettered(),
        " dead-lettered, ", got.filtered(), " filtered, ", got.absent(),
        " absent, ", got.retried(), " retried; want ", fold.applied, ", ",
        fold.late, ", ", fold.skipped, ", ", fold.dead_lettered, ", ",
        fold.filtered, ", ", fold.absent, ", ", fold.retried));
  }
  if (checkpoint.keys() != fold.keys.size()) {
    return absl::InternalError(absl::StrCat("the checkpoint counts ",
                                            checkpoint.keys(), " keys, want ",
                                            fold.keys.size()));
  }
  const bool same_time =
      checkpoint.has_stream_time() == fold.stream_time.has_value() &&
      (!fold.stream_time.has_value() ||
       checkpoint.stream_time().time() == fold.stream_time->value());
  return same_time ? absl::OkStatus()
                   : absl::InternalError(
                         "the checkpoint's stream time is not "
                         "the largest event time seen");
}

}  // namespace exactmean

// The model's fold, step by step, and what can be wrong with a step.

#include "tests/chaos/step_checker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

constexpr size_t kMostComplaints = 10;

bool Near(double got, long double want) {
  return std::fabs(static_cast<long double>(got) - want) <=
         1e-9L * std::fabs(want);
}

}  // namespace

void CheckTally::Add(const CheckTally& other) {
  records += other.records;
  steps += other.steps;
  results += other.results;
  lost += other.lost;
  duplicated += other.duplicated;
  torn += other.torn;
  if (other.longest_stall > longest_stall) {
    longest_stall = other.longest_stall;
    longest_stall_end = other.longest_stall_end;
  }
}

void StepChecker::AddInput(const StoredRecord& record, absl::Time now) {
  if (record.offset < input_position_) {
    return Complain(&tally_.torn,
                    absl::StrCat("the input came again from ", record.offset));
  }
  inputs_.push_back({record, now});
  SetInputPosition(record.offset + 1);
}

void StepChecker::SetInputPosition(int64_t position) {
  input_position_ = std::max(input_position_, position);
  CheckSteps();
}

void StepChecker::AddResult(const StoredRecord& record, absl::Time now) {
  ++tally_.results;
  if (record.offset <= last_result_) {
    return Complain(&tally_.duplicated,
                    absl::StrCat("results offset ", record.offset, " again"));
  }
  last_result_ = record.offset;
  const std::string key = record.key.value_or("");
  if (ParseSegmentKey(key).has_value()) return;
  if (key != kCheckpointKey) {
    const bool is_new = open_.changes.emplace(key, record.value).second;
    if (!is_new) {
      Complain(&tally_.duplicated,
               absl::StrCat("key ", key, " twice in the step of offset ",
                            record.offset));
    }
    return;
  }
  open_.offset = record.offset;
  open_.read = now;
  const absl::Status decoded =
      DecodeCheckpoint(record.value.value_or(""), &open_.checkpoint);
  if (!decoded.ok()) Complain(&tally_.torn, std::string(decoded.message()));
  steps_.push_back(std::exchange(open_, {}));
  CheckSteps();
}

void StepChecker::CheckSteps() {
  while (!steps_.empty() &&
         steps_.front().checkpoint.next_offset() <= input_position_) {
    CheckStep(steps_.front());
    steps_.pop_front();
  }
}

void StepChecker::CheckStep(const Step& step) {
  NoteStall(step.read);
  last_step_ = step.read;
  CheckOrder(step);
  next_offset_ = step.checkpoint.next_offset();
  sequence_ = step.checkpoint.sequence();
  writer_ = step.checkpoint.writer();
  ++tally_.steps;
  std::set<std::string> keys = FoldBefore(next_offset_);
  for (const auto& [key, value] : step.changes) {
    keys.insert(key);
    if (value.has_value()) {
      view_[key] = *value;
    } else {
      view_.erase(key);
    }
  }
  for (const std::string& key : keys) CheckKey(key);
  if (step.checkpoint.keys() != expected_.size()) {
    Complain(&tally_.torn,
             absl::StrCat("the checkpoint counts ", step.checkpoint.keys(),
                          " keys, not ", expected_.size()));
  }
}

void StepChecker::CheckOrder(const Step& step) {
  const results::Checkpoint& now = step.checkpoint;
  if (now.next_offset() < next_offset_) {
    Complain(&tally_.torn,
             absl::StrCat("the checkpoint goes back to ", now.next_offset()));
  }
  if (now.sequence() != sequence_ + 1) {
    Complain(&tally_.torn,
             absl::StrCat("step ", now.sequence(), " of ", now.writer(),
                          " follows step ", sequence_, " of ", writer_));
  }
}

std::set<std::string> StepChecker::FoldBefore(int64_t end) {
  std::set<std::string> keys;
  while (!inputs_.empty() && inputs_.front().record.offset < end) {
    const StoredRecord& record = inputs_.front().record;
    const std::string key = record.key.value_or("");
    double value = 0;
    if (!record.value.has_value()) {
      expected_.erase(key);
      keys.insert(key);
    } else if (absl::SimpleAtod(*record.value, &value)) {
      Values& values = expected_[key];
      values.last.push_back(value);
      if (values.last.size() > kWindow) values.last.pop_front();
      values.sum += value;
      ++values.count;
      keys.insert(key);
    }
    ++tally_.records;
    inputs_.pop_front();
  }
  return keys;
}

void StepChecker::CheckKey(const std::string& key) {
  const auto want = expected_.find(key);
  const auto got = view_.find(key);
  if (want == expected_.end()) {
    if (got == view_.end()) return;
    return Complain(&tally_.lost, absl::StrCat("the deletion of key ", key));
  }
  if (got == view_.end()) {
    return Complain(&tally_.lost, absl::StrCat("key ", key));
  }
  results::Snapshot snapshot;
  const absl::Status decoded = DecodeSnapshot(got->second, &snapshot);
  if (!decoded.ok() || snapshot.averages_size() != 2) {
    return Complain(&tally_.torn, absl::StrCat("key ", key, ": no snapshot"));
  }
  CheckAverages(key, want->second, snapshot);
}

void StepChecker::CheckAverages(const std::string& key, const Values& want,
                                const results::Snapshot& got) {
  const results::Average& last = got.averages(0);
  const results::Average& all = got.averages(1);
  if (all.count() != want.count) {
    return Complain(
        all.count() < want.count ? &tally_.lost : &tally_.duplicated,
        absl::StrCat("key ", key, " has ", all.count(), " values, not ",
                     want.count));
  }
  long double sum = 0;
  for (const double value : want.last) sum += value;
  if (last.count() != want.last.size() ||
      !Near(last.average(), sum / want.last.size()) ||
      !Near(all.average(), want.sum / want.count)) {
    Complain(&tally_.torn,
             absl::StrCat("key ", key, ": ", last.average(), " and ",
                          all.average(), " after ", want.count, " values, not ",
                          static_cast<double>(sum / want.last.size()), " and ",
                          static_cast<double>(want.sum / want.count)));
  }
}

void StepChecker::CheckWhole(absl::Time now) {
  NoteStall(now);
  if (!open_.changes.empty() || !steps_.empty()) {
    Complain(&tally_.torn,
             absl::StrCat(open_.changes.size(), " records and ", steps_.size(),
                          " steps that belong to no record of the input"));
  }
  if (!inputs_.empty()) {
    Complain(&tally_.lost,
             absl::StrCat(inputs_.size(), " records from offset ",
                          inputs_.front().record.offset, ", never folded in"));
  }
  std::set<std::string> keys;
  for (const auto& entry : expected_) keys.insert(entry.first);
  for (const auto& entry : view_) keys.insert(entry.first);
  for (const std::string& key : keys) CheckKey(key);
}

void StepChecker::NoteStall(absl::Time now) {
  if (inputs_.empty()) return;
  const absl::Duration stall = now - std::max(last_step_, inputs_.front().read);
  if (stall <= tally_.longest_stall) return;
  tally_.longest_stall = stall;
  tally_.longest_stall_end = now;
}

void StepChecker::Complain(int64_t* count, const std::string& what) {
  ++*count;
  if (complaints_.size() >= kMostComplaints) return;
  complaints_.push_back(absl::StrCat(
      "partition ", partition_, ", input offset ", next_offset_, ": ",
      count == &tally_.lost         ? "lost: "
      : count == &tally_.duplicated ? "duplicated: "
                                    : "torn: ",
      what));
}

}  // namespace exactmean

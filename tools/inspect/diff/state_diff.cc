// StateDiff.

#include "tools/inspect/diff/state_diff.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "state/result_codec.h"
#include "tools/inspect/key_filter.h"

namespace exactmean {
namespace {

// Numbers that are none are the same, too.
bool SameNumber(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool SameAverage(const results::Average& a, const results::Average& b) {
  if (a.count() != b.count()) return false;
  return a.count() == 0 ||
         (SameNumber(a.average(), b.average()) &&
          SameNumber(a.min(), b.min()) && SameNumber(a.max(), b.max()) &&
          SameNumber(a.stddev(), b.stddev()));
}

absl::Status Decode(Partition partition, const std::string& key,
                    const DiffSide& side, absl::string_view name,
                    results::Snapshot* to) {
  const std::string place =
      absl::StrCat("partition ", partition.value(), ", key \"",
                   PrintableKey(key), "\", ", name, ": ");
  const absl::Status status = DecodeSnapshot(side.snapshots.at(key), to);
  if (!status.ok()) {
    return absl::Status(status.code(), absl::StrCat(place, status.message()));
  }
  if (static_cast<size_t>(to->averages_size()) == side.windows.size()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat(place, "corrupt snapshot: it has ", to->averages_size(),
                   " averages, its checkpoint names ", side.windows.size()));
}

void Remark(const DiffSide& side, absl::string_view name, PartitionDiff* to) {
  if (side.label == AnswerLabel::kUnavailable) {
    to->remarks.push_back(absl::StrCat(name, " is unavailable: ", side.reason));
  }
  for (const std::string& remark : side.remarks) {
    to->remarks.push_back(absl::StrCat(name, ": ", remark));
  }
}

}  // namespace

struct StateDiff::Sides {
  Partition partition;
  const DiffSide& left;
  const DiffSide& right;
  const std::vector<Pair> pairs;
};

double KeyDiff::Window::relative() const {
  const double by = std::fabs(change());
  if (by == 0) return 0;
  const double relative = by / std::fabs(left);
  return std::isfinite(relative) ? relative
                                 : std::numeric_limits<double>::infinity();
}

const KeyDiff::Window* KeyDiff::worst() const {
  const auto worst = std::max_element(windows.begin(), windows.end(),
                                      [](const Window& a, const Window& b) {
                                        return a.relative() < b.relative();
                                      });
  return worst == windows.end() ? nullptr : &*worst;
}

bool operator<(const KeyDiff& a, const KeyDiff& b) {
  const auto rank = [](const KeyDiff& of) {
    const KeyDiff::Window* const worst = of.worst();
    return worst == nullptr ? 1.0 : -worst->relative();
  };
  return std::make_tuple(rank(a), absl::string_view(a.key), a.partition) <
         std::make_tuple(rank(b), absl::string_view(b.key), b.partition);
}

std::vector<StateDiff::Pair> StateDiff::PairWindows(const DiffSide& left,
                                                    const DiffSide& right) {
  std::vector<Pair> pairs;
  // A side without any state says nothing of its windows.
  if (!left.at.has_value() || !right.at.has_value()) return pairs;
  for (size_t i = 0; i < left.windows.size(); ++i) {
    const std::string& name = left.windows[i];
    const auto other = absl::c_find(right.windows, name);
    if (other == right.windows.end()) {
      left_alone_.insert(name);
      continue;
    }
    auto window = absl::c_find_if(
        windows_, [&](const WindowDiff& w) { return w.name == name; });
    if (window == windows_.end()) {
      windows_.emplace_back().name = name;
      window = std::prev(windows_.end());
    }
    pairs.push_back({static_cast<size_t>(window - windows_.begin()),
                     static_cast<int>(i),
                     static_cast<int>(other - right.windows.begin())});
  }
  for (const std::string& name : right.windows) {
    if (!absl::c_linear_search(left.windows, name)) right_alone_.insert(name);
  }
  return pairs;
}

absl::Status StateDiff::Add(Partition partition, DiffSide left,
                            DiffSide right) {
  PartitionDiff& to = partitions_.emplace_back();
  to.partition = partition;
  to.left = left.label;
  to.right = right.label;
  to.left_at = left.at;
  to.right_at = right.at;
  Remark(left, "left", &to);
  Remark(right, "right", &to);
  if (!to.available()) return absl::OkStatus();
  const Sides sides = {partition, left, right, PairWindows(left, right)};
  for (const auto& [key, snapshot] : left.snapshots) {
    if (right.snapshots.contains(key)) {
      const absl::Status status = CompareKey(sides, key, &to);
      if (!status.ok()) return status;
      continue;
    }
    results::Snapshot decoded;
    const absl::Status status = Decode(partition, key, left, "left", &decoded);
    if (!status.ok()) return status;
    if (right.cut.has_value() && decoded.last_offset() < right.cut->value()) {
      ++to.not_compared;
    } else {
      ++to.only_left;
      Keep({key, partition, KeyDiff::Kind::kOnlyLeft, {}});
    }
  }
  for (const auto& [key, snapshot] : right.snapshots) {
    if (left.snapshots.contains(key)) continue;
    results::Snapshot decoded;
    const absl::Status status =
        Decode(partition, key, right, "right", &decoded);
    if (!status.ok()) return status;
    ++to.only_right;
    Keep({key, partition, KeyDiff::Kind::kOnlyRight, {}});
  }
  return absl::OkStatus();
}

absl::Status StateDiff::CompareKey(const Sides& sides, const std::string& key,
                                   PartitionDiff* to) {
  results::Snapshot left, right;
  absl::Status status = Decode(sides.partition, key, sides.left, "left", &left);
  if (status.ok()) {
    status = Decode(sides.partition, key, sides.right, "right", &right);
  }
  if (!status.ok()) return status;
  const bool whole =
      !sides.right.cut.has_value() || left.records() == right.records();
  bool compared = sides.pairs.empty();
  KeyDiff changed{key, sides.partition, KeyDiff::Kind::kChanged, {}};
  for (const Pair& pair : sides.pairs) {
    WindowDiff& window = windows_[pair.window];
    const results::Average& a = left.averages(pair.left);
    const results::Average& b = right.averages(pair.right);
    const uint64_t size =
        whole ? 0 : sides.right.sizes[static_cast<size_t>(pair.right)];
    if (!whole && (size == 0 || b.count() < size)) {
      ++window.not_compared;
      continue;
    }
    compared = true;
    ++window.compared;
    if (SameAverage(a, b)) continue;
    changed.windows.push_back(
        {pair.window, a.average(), b.average(), a.count(), b.count()});
    Measure(changed.windows.back());
  }
  if (!changed.windows.empty()) {
    ++to->changed;
    Keep(std::move(changed));
  } else if (compared) {
    ++to->same;
  } else {
    ++to->not_compared;
  }
  return absl::OkStatus();
}

void StateDiff::Measure(const KeyDiff::Window& change) {
  WindowDiff& window = windows_[change.window];
  ++window.changed;
  const double by = std::fabs(change.change());
  window.largest = std::max(window.largest, by);
  window.sum += by;
  const double relative = change.relative();
  window.largest_relative = std::max(window.largest_relative, relative);
  if (std::isfinite(relative)) {
    window.sum_relative += relative;
    ++window.in_sum_relative;
  }
}

void StateDiff::Keep(KeyDiff key) {
  if (top_ > 0 && keys_.size() >= top_ && !(key < *keys_.rbegin())) return;
  keys_.insert(std::move(key));
  if (top_ > 0 && keys_.size() > top_) keys_.erase(std::prev(keys_.end()));
}

bool StateDiff::differs() const {
  return !left_alone_.empty() || !right_alone_.empty() ||
         absl::c_any_of(partitions_, [](const PartitionDiff& p) {
           return p.changed + p.only_left + p.only_right > 0;
         });
}

bool StateDiff::complete() const {
  return absl::c_all_of(partitions_,
                        [](const PartitionDiff& p) {
                          return p.available() && p.not_compared == 0;
                        }) &&
         absl::c_all_of(
             windows_, [](const WindowDiff& w) { return w.not_compared == 0; });
}

}  // namespace exactmean

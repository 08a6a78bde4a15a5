// SnapshotDifferences.

#include "tools/inspect/replay/snapshot_fields.h"

#include <map>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "state/result_codec.h"

namespace exactmean {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Two doubles that differ look different.
std::string Exact(double value) {
  std::string text = absl::StrFormat("%.15g", value);
  double back = 0;
  if (!absl::SimpleAtod(text, &back) || back != value) {
    text = absl::StrFormat("%.17g", value);
  }
  return text;
}

class Flattener {
 public:
  template <typename T>
  void Add(absl::string_view prefix, absl::string_view name, T value) {
    std::string text;
    if constexpr (std::is_floating_point<T>::value) {
      text = Exact(value);
    } else {
      text = absl::StrCat(value);
    }
    fields_.emplace_back(absl::StrCat(prefix, prefix.empty() ? "" : ".", name),
                         text);
  }
  template <typename Values>
  void AddList(absl::string_view name, const Values& values) {
    for (int i = 0; i < values.size(); ++i) {
      Add("", absl::StrCat(name, "[", i, "]"), values[i]);
    }
  }
  void AddMoments(const std::string& name, const results::Moments& moments) {
    Add(name, "count", moments.count());
    Add(name, "sum", moments.sum());
    Add(name, "compensation", moments.compensation());
    Add(name, "min", moments.min());
    Add(name, "max", moments.max());
    Add(name, "squared_deviations", moments.squared_deviations());
  }
  Fields Take() { return std::move(fields_); }

 private:
  Fields fields_;
};

void AddAverages(const results::Snapshot& snapshot,
                 absl::Span<const std::string> windows, Flattener* to) {
  for (int i = 0; i < snapshot.averages_size(); ++i) {
    const auto index = static_cast<size_t>(i);
    const std::string name =
        index < windows.size() ? windows[index] : absl::StrCat("window", i);
    const results::Average& average = snapshot.averages(i);
    to->Add(name, "average", average.average());
    to->Add(name, "count", average.count());
    to->Add(name, "min", average.min());
    to->Add(name, "max", average.max());
    to->Add(name, "stddev", average.stddev());
  }
}

Fields Flatten(const results::Snapshot& snapshot,
               absl::Span<const std::string> windows) {
  Flattener to;
  AddAverages(snapshot, windows, &to);
  to.Add("", "last_offset", snapshot.last_offset());
  to.Add("", "event_time", snapshot.event_time());
  to.Add("", "records", snapshot.records());
  to.AddList("samples.values", snapshot.samples().values());
  to.Add("snapshot", "first_segment", snapshot.first_segment());
  to.Add("snapshot", "segments", snapshot.segments());
  to.AddList("timed.time_deltas", snapshot.timed().time_deltas());
  to.AddList("timed.values", snapshot.timed().values());
  for (int i = 0; i < snapshot.panes_size(); ++i) {
    const results::Panes& panes = snapshot.panes(i);
    const std::string name = absl::StrCat("panes[", i, "]");
    to.AddList(name + ".index_deltas", panes.index_deltas());
    for (int j = 0; j < panes.moments_size(); ++j) {
      to.AddMoments(absl::StrCat(name, ".moments[", j, "]"), panes.moments(j));
    }
  }
  for (int i = 0; i < snapshot.decayed_size(); ++i) {
    const results::Decayed& decayed = snapshot.decayed(i);
    const std::string name = absl::StrCat("decayed[", i, "]");
    to.Add(name, "weighted_sum", decayed.weighted_sum());
    to.Add(name, "weight", decayed.weight());
    to.Add(name, "count", decayed.count());
    to.Add(name, "time", decayed.time());
  }
  if (snapshot.has_cumulative()) {
    to.AddMoments("cumulative", snapshot.cumulative());
  }
  return to.Take();
}

std::string Described(const absl::Status& status, absl::string_view bytes) {
  return status.ok() ? absl::StrCat("a snapshot of ", bytes.size(), " bytes")
                     : std::string(status.message());
}

}  // namespace

std::vector<FieldDifference> SnapshotDifferences(
    absl::string_view one, absl::string_view other,
    absl::Span<const std::string> windows) {
  if (one == other) return {};
  results::Snapshot a, b;
  const absl::Status a_decoded = DecodeSnapshot(one, &a);
  const absl::Status b_decoded = DecodeSnapshot(other, &b);
  if (!a_decoded.ok() || !b_decoded.ok()) {
    return {{"bytes", Described(a_decoded, one), Described(b_decoded, other)}};
  }
  const Fields before = Flatten(a, windows);
  const Fields after = Flatten(b, windows);
  std::map<std::string, std::string> unmatched(after.begin(), after.end());
  std::vector<FieldDifference> differences;
  for (const auto& [field, value] : before) {
    const auto found = unmatched.find(field);
    if (found == unmatched.end()) {
      differences.push_back({field, value, "-"});
      continue;
    }
    if (found->second != value) {
      differences.push_back({field, value, found->second});
    }
    unmatched.erase(found);
  }
  for (const auto& [field, value] : after) {
    if (unmatched.count(field) > 0) differences.push_back({field, "-", value});
  }
  if (differences.empty()) {
    differences.push_back({"encoding", absl::CHexEscape(one.substr(0, 40)),
                           absl::CHexEscape(other.substr(0, 40))});
  }
  return differences;
}

}  // namespace exactmean

// ExplanationJson.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "processor/json.h"
#include "state/spec.h"
#include "tools/inspect/explain/render_explanation.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

using Fate = InputRecord::Fate;

absl::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAgrees:
      return "agrees";
    case Verdict::kDiffers:
      return "differs";
    case Verdict::kNotRetained:
      return "not_retained";
    case Verdict::kUndecided:
      return "undecided";
  }
  return "";
}

std::string RecordJson(const InputRecord& record, absl::string_view fate) {
  JsonObject json;
  json.Add("offset", record.offset.value()).Add("fate", fate);
  if (record.fate == Fate::kFolded || record.fate == Fate::kLate) {
    json.Add("event_time", TimeText(record.sample.time.value()))
        .Add("value", record.sample.value);
  }
  if (!record.problem.empty()) json.Add("problem", record.problem);
  return json.ToString();
}

absl::string_view FateName(Fate fate) {
  switch (fate) {
    case Fate::kFolded:
      return "folded";
    case Fate::kLate:
      return "late";
    case Fate::kSkipped:
      return "skipped";
    case Fate::kFiltered:
      return "filtered";
    case Fate::kDeletes:
      return "deletes";
  }
  return "";
}

std::string WindowJson(const WindowExplanation& w, const Explanation& e) {
  std::vector<std::string> offsets, weights;
  for (const size_t i : w.members) {
    offsets.push_back(absl::StrCat(e.folded[i].offset.value()));
  }
  for (const double weight : w.weights) weights.push_back(JsonNumber(weight));
  JsonObject json;
  json.Add("window", w.window.name)
      .Add("verdict", VerdictName(w.verdict))
      .Add("average", w.stored.average)
      .Add("count", w.stored.count)
      .Add("recomputed", w.recomputed.average)
      .Add("found", w.members.size())
      .AddRaw("offsets", JsonArray(offsets));
  if (IsEwma(w.window)) {
    json.AddRaw("weights", JsonArray(weights))
        .Add("weight_of_rest", w.weight_of_rest);
  }
  return json.ToString();
}

}  // namespace

std::string ExplanationJson(const Explanation& e) {
  std::vector<std::string> windows, records;
  for (const WindowExplanation& w : e.windows) {
    windows.push_back(WindowJson(w, e));
  }
  for (const InputRecord& record : e.folded) {
    records.push_back(RecordJson(record, FateName(record.fate)));
  }
  for (const InputRecord& record : e.others) {
    records.push_back(RecordJson(record, FateName(record.fate)));
  }
  for (const InputRecord& record : e.missed) {
    records.push_back(RecordJson(record, "missed"));
  }
  JsonObject json;
  json.AddKey(e.key)
      .Add("partition", e.partition.value())
      .Add("offset", e.results_offset.value())
      .Add("deleted", !e.snapshot.has_value());
  if (e.snapshot.has_value()) {
    json.Add("records", e.snapshot->records())
        .Add("last_offset", e.snapshot->last_offset())
        .Add("event_time", TimeText(e.snapshot->event_time()));
  }
  json.Add("differs", e.Differs())
      .Add("complete", e.complete)
      .Add("retained_from", e.retained_from.value())
      .Add("read_from", e.read_from.value())
      .Add("read_to", e.read_to.value())
      .Add("checkpoint", e.checkpoint.value())
      .Add("lost", e.lost)
      .Add("retried", e.retried)
      .AddRaw("windows", JsonArray(windows))
      .AddRaw("input", JsonArray(records));
  return json.ToString() + "\n";
}

}  // namespace exactmean

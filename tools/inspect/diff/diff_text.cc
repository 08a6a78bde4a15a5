// DiffText and DiffJson.

#include "tools/inspect/diff/diff_text.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "processor/json.h"
#include "state/counts.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

using Kind = KeyDiff::Kind;

std::string OffsetText(const absl::optional<Offset>& offset) {
  return offset.has_value() ? absl::StrCat(offset->value()) : "-";
}

std::string SideText(AnswerLabel label, const absl::optional<Offset>& at) {
  const bool empty = !at.has_value() && label != AnswerLabel::kUnavailable;
  return empty ? "no state" : std::string(LabelText(label));
}

std::string PercentText(double part) {
  return absl::StrCat(NumberText(100 * part), " %");
}

absl::string_view KindText(Kind kind) {
  switch (kind) {
    case Kind::kChanged:
      return "changed";
    case Kind::kOnlyLeft:
      return "only_left";
    case Kind::kOnlyRight:
      return "only_right";
  }
  return "";
}

double Mean(double sum, uint64_t count) {
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

std::string PartitionsText(const StateDiff& diff, const Terminal& terminal) {
  Table table({1, 3});
  table.Add({"PARTITION", "LEFT", "AT", "RIGHT", "AT", "SAME", "CHANGED",
             "ONLY LEFT", "ONLY RIGHT", "NOT"});
  std::string remarks;
  for (const PartitionDiff& p : diff.partitions()) {
    const auto count = [&](uint64_t keys) {
      return p.available() ? absl::StrCat(keys) : "-";
    };
    table.Add({absl::StrCat(p.partition.value()), SideText(p.left, p.left_at),
               OffsetText(p.left_at), SideText(p.right, p.right_at),
               OffsetText(p.right_at), count(p.same), count(p.changed),
               count(p.only_left), count(p.only_right), count(p.not_compared)});
    for (const std::string& remark : p.remarks) {
      absl::StrAppend(&remarks, "partition ", p.partition.value(), ": ", remark,
                      "\n");
    }
  }
  return absl::StrCat(table.ToString(terminal), remarks.empty() ? "" : "\n",
                      Wrapped(remarks, terminal.width, 2));
}

std::string WindowsText(const StateDiff& diff, const Terminal& terminal) {
  std::string text;
  Table table;
  table.Add({"WINDOW", "COMPARED", "CHANGED", "NOT", "LARGEST", "MEAN",
             "LARGEST %", "MEAN %"});
  for (const WindowDiff& w : diff.windows()) {
    table.Add({w.name, absl::StrCat(w.compared), absl::StrCat(w.changed),
               absl::StrCat(w.not_compared), NumberText(w.largest),
               NumberText(Mean(w.sum, w.changed)),
               PercentText(w.largest_relative),
               PercentText(Mean(w.sum_relative, w.in_sum_relative))});
  }
  if (!diff.windows().empty()) {
    absl::StrAppend(&text, "\n", table.ToString(terminal));
  }
  const auto alone = [&](const std::set<std::string>& names,
                         absl::string_view side) {
    if (names.empty()) return;
    absl::StrAppend(&text, "\nwindows on the ", side,
                    " alone, not compared: ", absl::StrJoin(names, ", "), "\n");
  };
  alone(diff.windows_left(), "left");
  alone(diff.windows_right(), "right");
  return text;
}

std::string KeysText(const StateDiff& diff, const Terminal& terminal) {
  if (diff.keys().empty()) return "";
  Table table({0, 2});
  table.Add({"KEY", "PARTITION", "WINDOW", "LEFT", "RIGHT", "CHANGE"});
  for (const KeyDiff& key : diff.keys()) {
    const std::string partition = absl::StrCat(key.partition.value());
    const KeyDiff::Window* const worst = key.worst();
    if (worst == nullptr) {
      const bool left = key.kind == Kind::kOnlyLeft;
      table.Add({PrintableKey(key.key), partition,
                 left ? "only left" : "only right", "-", "-", "-"});
      continue;
    }
    const absl::string_view sign = worst->change() > 0   ? "+"
                                   : worst->change() < 0 ? "-"
                                                         : "";
    table.Add({PrintableKey(key.key), partition,
               diff.windows()[worst->window].name, NumberText(worst->left),
               NumberText(worst->right),
               absl::StrCat(sign, PercentText(worst->relative()))});
  }
  return absl::StrCat("\n", table.ToString(terminal));
}

std::string LastLine(const StateDiff& diff) {
  uint64_t same = 0, changed = 0, left = 0, right = 0;
  for (const PartitionDiff& p : diff.partitions()) {
    same += p.same;
    changed += p.changed;
    left += p.only_left;
    right += p.only_right;
  }
  std::string text =
      absl::StrCat("\n", Plural(changed, "key"), " changed, ", WithCommas(left),
                   " only left, ", WithCommas(right), " only right, ",
                   WithCommas(same), " the same");
  const uint64_t differing = changed + left + right;
  if (differing > diff.keys().size()) {
    absl::StrAppend(&text, "; the ", WithCommas(diff.keys().size()),
                    " that changed most are shown");
  }
  absl::StrAppend(&text, diff.complete() ? "" : "; NOT ALL COULD BE COMPARED",
                  "\n");
  return text;
}

JsonObject& AddNumber(absl::string_view name, double value, JsonObject* to) {
  return std::isfinite(value) ? to->Add(name, value) : to->AddNull(name);
}

std::string PartitionJson(const PartitionDiff& p) {
  std::vector<std::string> remarks;
  for (const std::string& remark : p.remarks) {
    remarks.push_back(JsonString(remark));
  }
  JsonObject json;
  json.Add("row", "partition")
      .Add("partition", p.partition.value())
      .Add("left", LabelText(p.left))
      .Add("left_offset", p.left_at)
      .Add("right", LabelText(p.right))
      .Add("right_offset", p.right_at)
      .Add("same", p.same)
      .Add("changed", p.changed)
      .Add("only_left", p.only_left)
      .Add("only_right", p.only_right)
      .Add("not_compared", p.not_compared)
      .AddRaw("remarks", JsonArray(remarks));
  return json.ToString();
}

std::string WindowJson(const WindowDiff& w) {
  JsonObject json;
  json.Add("row", "window")
      .Add("window", w.name)
      .Add("sides", "both")
      .Add("compared", w.compared)
      .Add("changed", w.changed)
      .Add("not_compared", w.not_compared);
  AddNumber("largest_change", w.largest, &json);
  AddNumber("mean_change", Mean(w.sum, w.changed), &json);
  AddNumber("largest_relative_change", w.largest_relative, &json);
  AddNumber("mean_relative_change", Mean(w.sum_relative, w.in_sum_relative),
            &json);
  return json.ToString();
}

std::string KeyJson(const StateDiff& diff, const KeyDiff& key) {
  std::vector<std::string> windows;
  for (const KeyDiff::Window& w : key.windows) {
    JsonObject json;
    json.Add("window", diff.windows()[w.window].name);
    AddNumber("left", w.left, &json);
    AddNumber("right", w.right, &json);
    json.Add("left_count", w.left_count).Add("right_count", w.right_count);
    AddNumber("change", w.change(), &json);
    AddNumber("relative_change", w.relative(), &json);
    windows.push_back(json.ToString());
  }
  JsonObject json;
  json.Add("row", "key")
      .AddKey(key.key)
      .Add("partition", key.partition.value())
      .Add("kind", KindText(key.kind))
      .AddRaw("windows", JsonArray(windows));
  return json.ToString();
}

}  // namespace

std::string DiffText(const StateDiff& diff, const DiffTitles& titles,
                     const Terminal& terminal) {
  const std::string sides =
      absl::StrCat("left:  ", titles.left, "\nright: ", titles.right);
  return absl::StrCat(Wrapped(sides, terminal.width, 7), "\n\n",
                      PartitionsText(diff, terminal),
                      WindowsText(diff, terminal), KeysText(diff, terminal),
                      Wrapped(LastLine(diff), terminal.width, 2));
}

std::string DiffJson(const StateDiff& diff) {
  std::string text;
  for (const PartitionDiff& p : diff.partitions()) {
    absl::StrAppend(&text, PartitionJson(p), "\n");
  }
  for (const WindowDiff& w : diff.windows()) {
    absl::StrAppend(&text, WindowJson(w), "\n");
  }
  const auto alone = [&](const std::set<std::string>& names,
                         absl::string_view side) {
    for (const std::string& name : names) {
      JsonObject json;
      json.Add("row", "window").Add("window", name).Add("sides", side);
      absl::StrAppend(&text, json.ToString(), "\n");
    }
  };
  alone(diff.windows_left(), "left");
  alone(diff.windows_right(), "right");
  for (const KeyDiff& key : diff.keys()) {
    absl::StrAppend(&text, KeyJson(diff, key), "\n");
  }
  return text;
}

}  // namespace exactmean

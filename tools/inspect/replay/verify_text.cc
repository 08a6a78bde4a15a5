// Verdicts as text and JSON.

#include "tools/inspect/replay/verify_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "processor/json.h"
#include "state/counts.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

using Outcome = PartitionVerdict::Outcome;
using Kind = KeyDifference::Kind;

// Of one key in text; JSON has them all.
constexpr size_t kFieldsShown = 12;

absl::string_view KindText(Kind kind) {
  switch (kind) {
    case Kind::kDifferent:
      return "different";
    case Kind::kMissing:
      return "missing";
    case Kind::kExtra:
      return "extra";
  }
  return "";
}

std::string Headline(Partition partition, const std::string& key,
                     const KeyDifference& difference) {
  const std::string name = absl::StrCat("partition ", partition.value(),
                                        ", key \"", PrintableKey(key), "\": ");
  switch (difference.kind) {
    case Kind::kDifferent:
      return absl::StrCat(name, "the snapshot at results offset ",
                          difference.results_offset.value(),
                          " is not the one that the input gives");
    case Kind::kMissing:
      return absl::StrCat(name, "missing: the input gives this snapshot");
    case Kind::kExtra:
      return absl::StrCat(name, "extra: the input does not give the snapshot ",
                          "at results offset ",
                          difference.results_offset.value());
  }
  return name;
}

std::string FieldsText(absl::Span<const FieldDifference> fields,
                       absl::string_view one, absl::string_view other,
                       const Terminal& terminal) {
  Table table;
  table.Add({"  FIELD", std::string(one), std::string(other)});
  for (size_t i = 0; i < std::min(fields.size(), kFieldsShown); ++i) {
    table.Add({"  " + fields[i].field, fields[i].one, fields[i].other});
  }
  std::string text = table.ToString(terminal);
  if (fields.size() > kFieldsShown) {
    absl::StrAppend(&text, "  and ", fields.size() - kFieldsShown,
                    " fields more\n");
  }
  return text;
}

std::string DifferencesText(const PartitionVerdict& verdict,
                            absl::Span<const std::string> windows,
                            const Terminal& terminal) {
  std::string text;
  if (!verdict.checkpoint.empty()) {
    absl::StrAppend(
        &text, "\npartition ", verdict.partition.value(),
        ": the checkpoint is not the one that the input gives\n",
        FieldsText(verdict.checkpoint, "STORED", "REPLAYED", terminal));
  }
  for (const auto& [key, difference] : verdict.first) {
    absl::StrAppend(&text, "\n",
                    Wrapped(Headline(verdict.partition, key, difference),
                            terminal.width, 2),
                    "\n");
    if (difference.kind == Kind::kDifferent) {
      absl::StrAppend(
          &text, FieldsText(SnapshotDifferences(difference.stored,
                                                difference.replayed, windows),
                            "STORED", "REPLAYED", terminal));
    }
  }
  const uint64_t all = verdict.different + verdict.missing + verdict.extra;
  if (all > verdict.first.size() && !verdict.first.empty()) {
    absl::StrAppend(&text, "\npartition ", verdict.partition.value(), ": ",
                    Plural(all - verdict.first.size(), "more key"),
                    all - verdict.first.size() == 1
                        ? " is not as the input gives it\n"
                        : " are not as the input gives them\n");
  }
  return text;
}

std::string FieldsJson(absl::Span<const FieldDifference> fields) {
  std::vector<std::string> json;
  for (const FieldDifference& field : fields) {
    json.push_back(JsonObject()
                       .Add("field", field.field)
                       .Add("stored", field.one)
                       .Add("replayed", field.other)
                       .ToString());
  }
  return JsonArray(json);
}

std::string KeyJson(const std::string& key, const KeyDifference& difference,
                    absl::Span<const std::string> windows) {
  JsonObject json;
  json.AddKey(key).Add("kind", KindText(difference.kind));
  if (difference.kind == Kind::kMissing) {
    json.AddNull("results_offset");
  } else {
    json.Add("results_offset", difference.results_offset.value());
  }
  json.AddRaw("fields",
              difference.kind == Kind::kDifferent
                  ? FieldsJson(SnapshotDifferences(
                        difference.stored, difference.replayed, windows))
                  : "[]");
  return json.ToString();
}

}  // namespace

absl::string_view OutcomeText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kEmpty:
      return "empty";
    case Outcome::kVerified:
      return "verified";
    case Outcome::kPartial:
      return "partial";
    case Outcome::kDiffers:
      return "differs";
  }
  return "";
}

std::string VerdictsText(absl::Span<const PartitionVerdict> verdicts,
                         absl::Span<const std::string> windows,
                         const Terminal& terminal) {
  Table table;
  table.Add({"PARTITION", "FROM", "TO", "REPLAYED", "KEYS", "COMPARED",
             "IN PART", "NOT", "DIFFERENT", "MISSING", "EXTRA", "OUTCOME"});
  std::string text;
  for (const PartitionVerdict& v : verdicts) {
    table.Add({absl::StrCat(v.partition.value()),
               absl::StrCat(std::max(v.start, v.retained).value()),
               absl::StrCat(v.next.value()), absl::StrCat(v.replayed),
               absl::StrCat(v.keys), absl::StrCat(v.compared),
               absl::StrCat(v.compared_counts), absl::StrCat(v.not_compared),
               absl::StrCat(v.different), absl::StrCat(v.missing),
               absl::StrCat(v.extra), std::string(OutcomeText(v.outcome))});
    for (const std::string& remark : v.remarks) {
      absl::StrAppend(
          &text, "\n",
          Wrapped(absl::StrCat("partition ", v.partition.value(), ": ", remark),
                  terminal.width, 2),
          "\n");
    }
    absl::StrAppend(&text, DifferencesText(v, windows, terminal));
  }
  return table.ToString(terminal) + text;
}

std::string VerdictsJson(absl::Span<const PartitionVerdict> verdicts,
                         absl::Span<const std::string> windows) {
  std::string text;
  for (const PartitionVerdict& v : verdicts) {
    std::vector<std::string> first, remarks;
    for (const auto& [key, difference] : v.first) {
      first.push_back(KeyJson(key, difference, windows));
    }
    for (const std::string& remark : v.remarks) {
      remarks.push_back(JsonString(remark));
    }
    JsonObject json;
    json.Add("partition", v.partition.value())
        .Add("outcome", OutcomeText(v.outcome))
        .Add("start_offset", v.start.value())
        .Add("next_offset", v.next.value())
        .Add("retained_from", v.retained.value())
        .Add("replayed", v.replayed)
        .Add("keys", v.keys)
        .Add("compared", v.compared)
        .Add("compared_in_part", v.compared_counts)
        .Add("not_compared", v.not_compared)
        .Add("different", v.different)
        .Add("missing", v.missing)
        .Add("extra", v.extra)
        .AddRaw("checkpoint_differences", FieldsJson(v.checkpoint))
        .AddRaw("first_differences", JsonArray(first))
        .AddRaw("remarks", JsonArray(remarks));
    absl::StrAppend(&text, json.ToString(), "\n");
  }
  return text;
}

std::string Summary(absl::Span<const PartitionVerdict> verdicts,
                    double sampled) {
  uint64_t replayed = 0, compared = 0, different = 0, checkpoints = 0,
           unproven = 0;
  Outcome worst = Outcome::kEmpty;
  for (const PartitionVerdict& v : verdicts) {
    replayed += v.replayed;
    compared += v.compared;
    different += v.different + v.missing + v.extra;
    checkpoints += v.checkpoint.empty() ? 0 : 1;
    unproven += v.compared_counts + v.not_compared;
    worst = std::max(worst, v.outcome);
  }
  std::string text = absl::StrCat(
      Plural(replayed, "record"), " replayed, ", Plural(compared, "snapshot"),
      " compared byte for byte",
      sampled < 1 ? absl::StrFormat(" (a sample, %g of the keys)", sampled)
                  : "",
      ": ");
  switch (worst) {
    case Outcome::kEmpty:
      return "no state yet: no processor has committed\n";
    case Outcome::kVerified:
      return absl::StrCat(text, "VERIFIED\n");
    case Outcome::kPartial:
      return absl::StrCat(text, "NOT VERIFIED: none differs, but ",
                          Plural(unproven, "key"),
                          " could not be compared in full\n");
    case Outcome::kDiffers:
      break;
  }
  return absl::StrCat(text, "DIFFERS: ", Plural(different, "key"), ", ",
                      Plural(checkpoints, "checkpoint"), "\n");
}

}  // namespace exactmean

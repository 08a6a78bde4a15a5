// FindingsText and FindingsJson.

#include "tools/inspect/cluster/finding.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

constexpr int kWidth = 78;
constexpr size_t kIndent = 6;

absl::string_view NameOf(Grade grade) {
  switch (grade) {
    case Grade::kOk:
      return "OK";
    case Grade::kWarn:
      return "WARN";
    case Grade::kFail:
      return "FAIL";
  }
  return "";
}

std::string Coloured(Grade grade, const Terminal& terminal) {
  const std::string name(NameOf(grade));
  const std::string blanks(kIndent - name.size(), ' ');
  if (!terminal.colour) return name + blanks;
  const char* const colour = grade == Grade::kOk     ? "32"
                             : grade == Grade::kWarn ? "33"
                                                     : "31";
  return absl::StrCat("\x1b[", colour, "m", name, "\x1b[0m", blanks);
}

// Behind a grade.
std::string Indented(absl::string_view text) {
  const std::string indent(kIndent, ' ');
  const std::string lines = absl::StrReplaceAll(text, {{"\n", "\n" + indent}});
  return Wrapped(indent + lines, kWidth, kIndent).substr(kIndent);
}

}  // namespace

absl::Span<const absl::string_view> CheckNames() {
  static constexpr absl::string_view kNames[] = {
      "check",
      "unseen",
      "replication",
      "in-sync",
      "min.insync.replicas",
      "unclean.leader.election.enable",
      "retry topic",
      "dead letters",
      "compaction",
      "restore",
      "delete.retention.ms",
      "max.message.bytes",
      "transaction.max.timeout.ms",
      "transactional.id.expiration.ms",
      "offsets.retention.minutes",
      "state",
      "configuration",
      "group",
      "input",
      "retention",
      "clock",
      "replay"};
  return kNames;
}

std::string FindingsText(absl::Span<const Finding> findings,
                         const Terminal& terminal) {
  std::vector<const Finding*> sorted;
  size_t counts[3] = {};
  for (const Finding& finding : findings) {
    sorted.push_back(&finding);
    ++counts[static_cast<size_t>(finding.grade)];
  }
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const Finding* a, const Finding* b) { return a->grade > b->grade; });
  std::string text;
  const std::string indent(kIndent, ' ');
  for (const Finding* finding : sorted) {
    absl::StrAppend(&text, Coloured(finding->grade, terminal),
                    Indented(absl::StrCat(finding->check, ": ", finding->what)),
                    "\n");
    if (!finding->why.empty()) {
      absl::StrAppend(&text, indent, Indented("Why: " + finding->why), "\n");
    }
    // A command stays on its line, to be copied.
    if (!finding->mend.empty()) {
      absl::StrAppend(
          &text, indent,
          "Mend: ", absl::StrReplaceAll(finding->mend, {{"\n", "\n" + indent}}),
          "\n");
    }
  }
  absl::StrAppend(&text, "\n", findings.size(), " findings: ", counts[2],
                  " FAIL, ", counts[1], " WARN, ", counts[0], " OK\n");
  return text;
}

std::string FindingsJson(absl::Span<const Finding> findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text,
                    JsonObject()
                        .Add("grade", NameOf(finding.grade))
                        .Add("check", finding.check)
                        .Add("what", finding.what)
                        .Add("why", finding.why)
                        .Add("mend", finding.mend)
                        .ToString(),
                    "\n");
  }
  return text;
}

bool AnyFails(absl::Span<const Finding> findings) {
  return std::any_of(
      findings.begin(), findings.end(),
      [](const Finding& finding) { return finding.grade == Grade::kFail; });
}

}  // namespace exactmean

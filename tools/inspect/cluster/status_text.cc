// StatusText, and units. StatusJson is in status_json.cc.

#include "tools/inspect/cluster/status_text.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "state/counts.h"
#include "state/retries.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/text_width.h"

namespace exactmean {
namespace {

std::string DigestName(const PartitionStatus& at) {
  if (!at.checkpoint_problem.empty()) return "CORRUPT";
  if (!at.checkpoint.has_value()) return at.keys == 0 ? "-" : "DIFFERS";
  if (at.step_under_way) return "step under way";
  return at.digest_verified ? "verified" : "DIFFERS";
}

std::string LagName(const PartitionStatus& at) {
  if (!at.lag.has_value()) return at.checkpoint.has_value() ? "?" : "-";
  return absl::StrCat(at.lag_counted ? "" : "<=", *at.lag);
}

// On a terminal one long name would make a column of its width. Its end tells
// it from others.
std::string Fitting(const std::string& name, const Terminal& terminal) {
  constexpr size_t kMost = 12;
  if (!terminal.interactive || name.size() <= kMost) return name;
  return "..." + name.substr(name.size() - (kMost - 3));
}

size_t CountOpen(const ApplicationStatus& status) {
  size_t count = 0;
  for (const PartitionStatus& at : status.partitions) count += at.open.size();
  return count;
}

std::string Headline(const ApplicationStatus& status,
                     const std::vector<Trouble>& troubles,
                     const Terminal& terminal) {
  uint64_t keys = 0;
  uint64_t lag = 0;
  uint64_t states = 0;
  uint64_t waiting = 0;
  bool known = true;
  bool counted = true;
  absl::Time last = absl::InfinitePast();
  for (const PartitionStatus& at : status.partitions) {
    waiting += at.WaitingForState();
    if (!at.checkpoint.has_value()) continue;
    ++states;
    keys += at.keys;
    lag += at.lag.value_or(0);
    known = known && at.lag.has_value();
    counted = counted && at.lag_counted;
    last = std::max(last, at.committed_at);
  }
  const std::string partitions = Plural(status.partitions.size(), "partition");
  std::string facts =
      states == 0
          ? absl::StrCat(partitions, ", no state yet")
          : absl::StrCat(partitions, ", ", Plural(keys, "key"), ", lag ",
                         !known    ? "?"
                         : counted ? ""
                                   : "<=",
                         known ? WithCommas(lag) : "", ", last commit ",
                         ShortDuration(status.now - last), " ago");
  if (waiting > 0) {
    absl::StrAppend(&facts, ", up to ",
                    Plural(waiting, "record", "waits", "wait"),
                    " where there is none");
  }
  const size_t open = CountOpen(status);
  if (open > 0) {
    absl::StrAppend(&facts, ", ", Plural(open, "transaction"), " open");
  }
  if (troubles.empty()) {
    facts = absl::StrCat(
        status.unseen.empty() ? "all well: " : "well so far: ", facts, "\n");
    return Wrapped(facts, terminal.width, 2);
  }
  std::string text =
      Wrapped(absl::StrCat("NOT WELL: ", facts, "\n"), terminal.width, 2);
  for (const Trouble& trouble : troubles) {
    absl::StrAppend(
        &text, Wrapped(absl::StrCat("- ", trouble.text), terminal.width, 2),
        "\n");
    if (trouble.mend.empty()) continue;  // its commands are to be copied
    for (const absl::string_view line : absl::StrSplit(trouble.mend, '\n')) {
      absl::StrAppend(&text, "  ", line, "\n");
    }
  }
  return text;
}

std::string Positions(const ApplicationStatus& status,
                      const Terminal& terminal) {
  Table table;
  table.Add({"PARTITION", "NEXT OFFSET", "GROUP", "LAG", "COMMITTED", "KEYS",
             "DIGEST", "OWNER"});
  for (const PartitionStatus& at : status.partitions) {
    const bool state = at.checkpoint.has_value();
    table.Add(
        {absl::StrCat(at.partition.value()),
         state ? absl::StrCat(at.checkpoint->next_offset()) : "-",
         std::string(ToString(at.agreement)), LagName(at),
         state ? ShortDuration(status.now - at.committed_at) + " ago" : "-",
         absl::StrCat(at.keys), DigestName(at),
         at.owner.empty() ? "-" : Fitting(at.owner, terminal)});
  }
  return table.ToString(terminal);
}

// A column that few need: there is one when anything is in it.
bool AnyOf(const ApplicationStatus& status,
           uint64_t (results::Dispositions::*fate)() const) {
  return absl::c_any_of(status.partitions, [fate](const PartitionStatus& at) {
    return at.checkpoint.has_value() &&
           (at.checkpoint->dispositions().*fate)() > 0;
  });
}

std::string Contents(const ApplicationStatus& status,
                     const Terminal& terminal) {
  const bool filtered = AnyOf(status, &results::Dispositions::filtered);
  const bool retried = AnyOf(status, &results::Dispositions::retried);
  const bool lost = AnyOf(status, &results::Dispositions::lost);
  Table table;
  std::vector<std::string> header = {"PARTITION", "APPLIED", "LATE", "SKIPPED",
                                     "DEAD"};
  if (filtered) header.push_back("FILTERED");
  if (retried) header.insert(header.end(), {"RETRIED", "WAITING"});
  if (lost) header.push_back("LOST");
  for (const char* name : {"ABSENT", "COMMITS", "READ/KEY", "RESTORE"}) {
    header.push_back(name);
  }
  table.Add(std::move(header));
  for (const PartitionStatus& at : status.partitions) {
    if (!at.checkpoint.has_value()) continue;
    const results::Dispositions& d = at.checkpoint->dispositions();
    std::vector<std::string> row = {
        absl::StrCat(at.partition.value()), absl::StrCat(d.applied()),
        absl::StrCat(d.late()), absl::StrCat(d.skipped()),
        absl::StrCat(d.dead_lettered())};
    if (filtered) row.push_back(absl::StrCat(d.filtered()));
    if (retried) {
      row.push_back(absl::StrCat(d.retried()));
      row.push_back(absl::StrCat(WaitingOf(*at.checkpoint)));
    }
    if (lost) row.push_back(absl::StrCat(d.lost()));
    row.push_back(absl::StrCat(d.absent()));
    row.push_back(absl::StrCat(at.checkpoint->sequence()));
    row.push_back(absl::StrFormat("%.1f", at.RecordsPerLive()));
    row.push_back(ShortBytes(at.bytes_read));
    table.Add(std::move(row));
  }
  return table.ToString(terminal);
}

std::string Input(const ApplicationStatus& status, const Terminal& terminal) {
  Table table;
  table.Add({"INPUT", "LOG START", "STABLE END", "END"});
  for (const PartitionStatus& at : status.partitions) {
    if (!at.input.has_value()) continue;
    table.Add({absl::StrCat(at.partition.value()),
               absl::StrCat(at.input->low.value()),
               absl::StrCat(at.input_stable->value()),
               absl::StrCat(at.input->high.value())});
  }
  return table.ToString(terminal);
}

// Young ones, too: a commit under way is one.
std::string Transactions(const ApplicationStatus& status) {
  if (CountOpen(status) == 0) return "";
  std::string text = "\nopen transactions:\n";
  for (const PartitionStatus& at : status.partitions) {
    for (const OpenTransaction& open : at.open) {
      absl::StrAppend(&text, "  ", open.topic, ", partition ",
                      at.partition.value(), ": from offset ", open.from.value(),
                      " on, since ", ShortDuration(status.now - open.since),
                      WritersAfter(open), "\n");
    }
  }
  return text;
}

// Which member has which partitions.
std::string Members(const ApplicationStatus& status) {
  if (!status.group.has_value() || status.group->members.empty()) return "";
  std::string text = absl::StrCat("\ngroup ", status.application_id, ", ",
                                  status.group->state, ":\n");
  for (const GroupMember& member : status.group->members) {
    std::vector<int32_t> has;
    for (const auto& [topic, partition] : member.partitions) {
      if (topic == status.input_topic) has.push_back(partition);
    }
    std::sort(has.begin(), has.end());
    absl::StrAppend(
        &text, "  ", member.instance.empty() ? member.client : member.instance,
        " on ", member.host, ": ",
        has.empty() ? "none"
                    : absl::StrCat("partition ", absl::StrJoin(has, ", ")),
        "\n");
  }
  return text;
}

}  // namespace

std::string ShortDuration(absl::Duration duration) {
  const int64_t s = absl::ToInt64Seconds(duration);
  if (s < 60) {
    return absl::StrFormat("%.1fs",
                           std::max(0.0, absl::ToDoubleSeconds(duration)));
  }
  if (s < 3600) return absl::StrCat(s / 60, "m", s % 60, "s");
  if (s < 86400) return absl::StrCat(s / 3600, "h", s % 3600 / 60, "m");
  return absl::StrCat(s / 86400, "d");
}

std::string ShortBytes(uint64_t bytes) {
  if (bytes < 1000) return absl::StrCat(bytes, " B");
  double amount = static_cast<double>(bytes);
  for (const char* unit : {"kB", "MB", "GB"}) {
    amount /= 1000;
    if (amount < 1000) return absl::StrFormat("%.1f %s", amount, unit);
  }
  return absl::StrFormat("%.1f TB", amount / 1000);
}

std::string StatusText(const ApplicationStatus& status,
                       const Terminal& terminal) {
  std::string text = Headline(status, TroublesOf(status), terminal);
  for (const std::string& unseen : status.unseen) {
    absl::StrAppend(
        &text, Wrapped(absl::StrCat("not seen: ", unseen), terminal.width, 2),
        "\n");
  }
  absl::StrAppend(&text, "\n", Positions(status, terminal));
  const bool any = std::any_of(
      status.partitions.begin(), status.partitions.end(),
      [](const PartitionStatus& at) { return at.checkpoint.has_value(); });
  if (any) absl::StrAppend(&text, "\n", Contents(status, terminal));
  const bool input = std::any_of(
      status.partitions.begin(), status.partitions.end(),
      [](const PartitionStatus& at) { return at.input.has_value(); });
  if (input) absl::StrAppend(&text, "\n", Input(status, terminal));
  const std::string rest = absl::StrCat(Transactions(status), Members(status));
  return text + Wrapped(rest, terminal.width, 4);
}

}  // namespace exactmean

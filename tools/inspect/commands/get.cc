// exactmean-inspect get.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/commands/replay_of.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/get/get_keys.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/past/asked_offset.h"

namespace exactmean {
namespace {

// What the question takes: for one of the past, with a configuration, also the
// input.
struct Access {
  std::unique_ptr<ReplayOf> of;
  std::unique_ptr<TopicReader> results;  // without `of`
  std::vector<Partition> partitions;

  TopicReader* reader() const {
    return of == nullptr ? results.get() : of->results.get();
  }
  KeyInput input() const {
    KeyInput input;
    if (of == nullptr) return input;
    input.source = &of->source;
    input.reader = of->input.get();
    input.compacted = of->input_compacted;
    return input;
  }
};

absl::StatusOr<Access> Open(Session& session, bool past) {
  Access access;
  if (past && session.settings() != nullptr) {
    auto of = OpenReplay(session);
    if (!of.ok()) return of.status();
    access.of = *std::move(of);
    access.partitions = access.of->partitions;
    return access;
  }
  auto results = session.OpenResults();
  if (!results.ok()) return results.status();
  auto partitions = session.Partitions(results->get());
  if (!partitions.ok()) return partitions.status();
  access.results = *std::move(results);
  access.partitions = *std::move(partitions);
  return access;
}

absl::Status Print(Session& session, const KeyAnswers& found) {
  bool first = true;
  for (const KeyAnswer& answer : found.answers) {
    const auto checkpoint = found.checkpoints.find(answer.partition);
    const results::Checkpoint* const of =
        checkpoint == found.checkpoints.end() ? nullptr : &checkpoint->second;
    const auto text = session.json()
                          ? KeyAnswerJson(answer, of)
                          : KeyAnswerText(answer, of, session.terminal());
    if (!text.ok()) return text.status();
    if (!first && !session.json()) session.out() << "\n";
    session.out() << *text;
    first = false;
  }
  for (const KeyAnswer& answer : found.answers) {
    if (answer.label == AnswerLabel::kUnavailable) {
      return Stop(StopReason::kIncomplete, "not every answer can be had");
    }
  }
  return absl::OkStatus();
}

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const auto at_offset = OffsetOfFlag(absl::GetFlag(FLAGS_at_offset));
  const bool at_time = !absl::GetFlag(FLAGS_at_time).empty();
  if (at_offset.has_value() && at_time) {
    return Stop(StopReason::kConfig, "give --at_offset or --at_time, not both");
  }
  if (at_time) {
    const auto settings = session.RequireSettings();
    if (!settings.ok()) return settings.status();
  }
  const auto access = Open(session, at_time || at_offset.has_value());
  if (!access.ok()) return access.status();
  const ScanOptions options = ScanOptionsOf(session);
  KeyQuestion question;
  for (const std::string& word : words) {
    question.keys.push_back(KeysMeantBy(word));
  }
  if (at_time) {
    const auto time = TimeOfFlag("at_time", absl::GetFlag(FLAGS_at_time));
    if (!time.ok()) return time.status();
    auto at = OffsetsAtTime(access->of->input.get(), access->partitions, *time,
                            options);
    if (!at.ok()) return at.status();
    question.at = *std::move(at);
  }
  for (const Partition partition : access->partitions) {
    if (at_offset.has_value()) question.at[partition].at = *at_offset;
  }
  const auto found = GetKeys(access->reader(), access->partitions, question,
                             access->input(), options);
  if (!found.ok()) return found.status();
  return Print(session, *found);
}

}  // namespace

Command GetCommand() {
  Command command;
  command.name = "get";
  command.arguments = "KEY...";
  command.summary = "Keys in full, with the values that their windows hold";
  command.description =
      R"(For each key its averages, how many records it has had, the last of them, and
what each window holds: the values of a count window, the times and values of
a time window, or its panes, the weights of an ewma. A key that is not
printable is given as `list` shows it: "\xff". A key that lies in several
partitions is shown in each.

--at_offset=N asks for the key as it was when the input's records before N,
and no others, were folded in; with --at_time, N is the first input record
with that timestamp or a later one. Each answer says how it was come by:
  exact        the results topic still holds the very snapshot, and proves
               that it was the key's at N: compaction took nothing between
  replayed     the topic does not tell, but the input is retained from a state
               that the topic proves, or from the beginning: it was folded in
               from there (takes --config)
  unavailable  neither; and why. Never a guess
Offsets are a partition's: without --partition, those that have or had the key
are asked.

JSON, an answer a line: key (key_base64 when it is no UTF-8), partition, label
(now, exact, replayed, unavailable), at_offset, reason (of unavailable), live
(false: there was no such key), records, last_offset (of the input),
event_time, bytes, results_offset (null: replayed), averages {window:
{average, count, min, max, stddev}}, windows [{name, kind (count, time, panes,
ewma, cumulative), values | samples [{time, value}] | panes [{from, to, count,
sum, min, max, stddev}] | weighted_sum, weight, time | count, sum, min, max,
stddev}].

Exits with 10 when there is no such key, with 7 when an answer is unavailable.
)";
  command.examples = {
      "get IBM --config=prices.textproto",
      "get IBM AAPL --config=prices.textproto --output=json",
      "get IBM --config=prices.textproto --at_time=2026-11-21T09:30:00Z"};
  command.flags = {"partition", "at_offset", "at_time"};
  command.min_words = 1;
  command.max_words = SIZE_MAX;
  command.run = &Run;
  return command;
}

}  // namespace exactmean

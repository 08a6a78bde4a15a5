// exactmean-inspect dlq.

#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/dlq_redrive.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/dlq/render.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/progress.h"

ABSL_FLAG(std::string, kind, "", "Only those with an error of this kind.");
ABSL_FLAG(std::string, since, "",
          "Only those found to be bad then or later: 2026-11-21T09:30:00Z, or "
          "2026-11-21, midnight UTC.");

namespace exactmean {
namespace {

absl::StatusOr<const Settings*> SettingsOf(const Session& session) {
  const auto settings = session.RequireSettings();
  if (!settings.ok()) return settings.status();
  if (!(*settings)->dead_letter_topic.empty()) return *settings;
  return Stop(StopReason::kConfig,
              "the configuration names no topic of dead letters: set "
              "dead_letters { topic: \"...\" }");
}

absl::StatusOr<LetterFilter> FilterOf() {
  LetterFilter filter;
  filter.kind = absl::GetFlag(FLAGS_kind);
  const std::string prefix = absl::GetFlag(FLAGS_prefix);
  const std::string match = absl::GetFlag(FLAGS_match);
  filter.by_key = !prefix.empty() || !match.empty();
  const auto keys = KeyFilter::Create(prefix, match);
  if (!keys.ok())
    return Stop(StopReason::kConfig, std::string(keys.status().message()));
  filter.keys = *keys;
  const std::string time = absl::GetFlag(FLAGS_since);
  if (time.empty()) return filter;
  const auto since = TimeOfFlag("since", time);
  if (!since.ok()) return since.status();
  filter.since = *since;
  return filter;
}

absl::Status List(Session& session, const Settings& settings,
                  const LetterFilter& filter, TopicReader* letters) {
  const auto partitions = session.Partitions(letters);
  if (!partitions.ok()) return partitions.status();
  Progress progress = session.MakeProgress("dead letters", 0);
  ScanOptions scan = ScanOptionsOf(session);
  scan.progress = [&](uint64_t records) { progress.Update(records); };
  const auto index =
      ReadLetters(letters, *partitions, settings.application_id, scan);
  progress.Clear();
  if (!index.ok()) return index.status();
  for (const auto& [partition, of] : *index) {
    if (of.held_back) {
      session.err() << "partition " << partition << ": what follows offset "
                    << of.end << " is held back by an open transaction\n";
    }
    if (of.foreign > 0) {
      session.err() << "partition " << partition << ": "
                    << Plural(of.foreign, "record")
                    << " not written as dead letters of "
                    << settings.application_id << "\n";
    }
  }
  const std::string text =
      session.json() ? LettersJson(*index, filter, absl::GetFlag(FLAGS_limit))
                     : LettersText(*index, filter, absl::GetFlag(FLAGS_limit),
                                   session.terminal());
  if (text.empty()) {
    session.err() << "no dead letters: topic " << settings.dead_letter_topic
                  << " holds none that are meant\n";
  }
  session.out() << text;
  return absl::OkStatus();
}

absl::Status Show(Session& session, TopicReader* letters,
                  const std::string& place) {
  const std::vector<std::string> parts = absl::StrSplit(place, '/');
  int32_t partition = 0;
  int64_t offset = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &partition) ||
      !absl::SimpleAtoi(parts[1], &offset)) {
    return Stop(StopReason::kConfig,
                absl::StrCat("show ", place,
                             ": write PARTITION/OFFSET, as list has it"));
  }
  const auto letter = ReadLetter(letters, Partition(partition), Offset(offset),
                                 ScanOptionsOf(session));
  if (!letter.ok()) return letter.status();
  session.out() << (session.json() ? LetterJson(Partition(partition),
                                                Offset(offset), *letter)
                                   : LetterText(Partition(partition),
                                                Offset(offset), *letter));
  return absl::OkStatus();
}

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const std::string& verb = words[0];
  const bool known = verb == "list" || verb == "show" || verb == "redrive";
  if (!known || (words.size() == 2) != (verb == "show")) {
    return Stop(StopReason::kConfig,
                "say what to do: dlq list, dlq show PARTITION/OFFSET, or dlq "
                "redrive");
  }
  const auto settings = SettingsOf(session);
  if (!settings.ok()) return settings.status();
  const auto letters =
      session.OpenTopic((*settings)->dead_letter_topic, Isolation::kCommitted);
  if (!letters.ok()) return letters.status();
  if (verb == "show") return Show(session, letters->get(), words[1]);
  const auto filter = FilterOf();
  if (!filter.ok()) return filter.status();
  return verb == "list"
             ? List(session, **settings, *filter, letters->get())
             : RunRedrive(session, **settings, *filter, letters->get());
}

constexpr char kDescription[] =
    R"(Dead letters are records kept aside: bad ones (on_bad_record: DEAD_LETTER),
and those that a step gave up.

list counts them by partition and kind of error, and shows them, or the newest
--limit of them. A dead letter has the partition of its record, and is named
by that and by its own offset: PARTITION/OFFSET.

  WAITING     to be redriven
  REDRIVEN    brought back to the input by `dlq redrive`
  READ AGAIN  the record was read again later, by `rewind` or, without
              transactions, after a crash: it is in the state, or it was bad
              again, and a newer dead letter stands for it
  ATTEMPTS    how often the record has become a dead letter, the most of a row
  FIRST       when the first was found to be bad; LAST: the last

show PARTITION/OFFSET shows one in full. What is no UTF-8 is shown with
escapes. Exits with 10 when there is no such dead letter.

redrive brings those that are meant, by partition the first --limit of them,
back to the end of their partition of the input, as they were: key, value,
headers and timestamp, with the header exactmean.attempts behind. So mend the
cause first: the step, or what it asks; processors may run meanwhile. Another
decoder or event time needs `rewind`, not this: it folds the input anew, the
once bad records in their places. It shows what it would do, and writes
nothing, unless --execute is given; then it asks, and writes no more than it
has shown.

Each transaction holds some hundred records for the input and, among the dead
letters, a mark of them. So a redrive that is killed has redriven each or not
at all, and another one goes on; two at once fence each other, and so does a
rewind; and what a filter leaves out is there for a later one. Of several dead
letters of one record (READ AGAIN) the newest alone counts. A record that
comes back as a dead letter is a new one, with more ATTEMPTS.

  TO REDRIVE   dead letters that are meant, or were just brought back
  DONE BEFORE  redriven by an earlier run
  READ AGAIN   as above
  NOT MEANT    left out by the filters or --limit, or came after it was shown
  GIVEN UP     with --max_attempts attempts or more
  OTHER INPUT  of a topic or partition that the configuration does not have
  FOREIGN      records of another application, and no dead letters at all

What it cannot do: keep the order, as a record that comes back comes after
those that were good at once (windows by event time do not mind, within
grace); keep a redriven record from other applications that read the same
input and may have taken it the first time; and take a record back: a rewind
that finds it good in its first place, too, counts it twice. A timestamp of
exactly 0 becomes the time of now.

The filters --kind, --since, --prefix and --match (of the key), --partition
hold for list and redrive. The dead letters' places and keys are held in
memory, some 400 bytes each. Needs --config with dead_letters { topic }, and
Read on that topic; redrive needs Write on it and on the input, and Write on
the transactional id APPLICATION/redrive.

JSON of list, an object a dead letter: partition, offset, input_topic,
input_partition, input_offset, kind, error, attempts, time, tries (of a record
that was given up: how often it was tried), timestamp (null: none), key (null:
none; key_base64 when it is no UTF-8), redriven, read_again. Of show, one: the
same without redriven and read_again, but application, value (value_base64),
headers (name, value). Of redrive, one a partition: partition, to_redrive,
done_before, read_again, not_meant, given_up, other_input, foreign, executed
(in full), done (how many).
)";

}  // namespace

Command DlqCommand() {
  Command command;
  command.name = "dlq";
  command.arguments = "list|show|redrive";
  command.summary = "Lists, shows, redrives dead letters (redrive writes)";
  command.description = kDescription;
  command.examples = {
      "dlq list --config=prices.textproto --kind=undecodable",
      "dlq show 3/1234 --config=prices.textproto",
      "dlq redrive --config=prices.textproto --since=2026-11-21 --execute"};
  command.flags = {"partition", "kind",         "since",   "prefix",  "match",
                   "limit",     "max_attempts", "dry_run", "execute", "yes"};
  command.flags_by_word = {
      {"list", {"partition", "kind", "since", "prefix", "match", "limit"}},
      {"show", {}}};
  command.min_words = 1;
  command.max_words = 2;
  command.run = &Run;
  return command;
}

}  // namespace exactmean

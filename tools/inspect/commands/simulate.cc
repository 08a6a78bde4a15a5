// exactmean-inspect simulate.

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/sample_reader.h"
#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/simulate/render.h"
#include "tools/inspect/simulate/simulation.h"

ABSL_FLAG(std::string, key, "key", "The key of all lines.");
ABSL_FLAG(std::string, key_separator, "",
          "The key stands before the first of these in the line, as for kcat "
          "-K: ':' or '\\t'.");
ABSL_FLAG(std::string, key_field, "",
          "The key is in the value: a JSON pointer or a CSV column, as the "
          "configuration's input is.");
ABSL_FLAG(std::string, timestamp_separator, "",
          "The record's timestamp stands before the first of these: ISO 8601, "
          "or milliseconds since 1970.");
ABSL_FLAG(absl::Duration, timestamp_step, absl::Seconds(1),
          "Without --timestamp_separator and without input.event_time: the "
          "lines are this far apart, from 1970 on.");
ABSL_FLAG(bool, empty_is_null, false,
          "An empty value is null, which deletes the key.");
ABSL_FLAG(bool, final, false, "Print the averages after the last line only.");

namespace exactmean {
namespace {

absl::Status Unescape(absl::string_view flag, const std::string& text,
                      std::string* separator) {
  if (absl::CUnescape(text, separator)) return absl::OkStatus();
  return Stop(StopReason::kConfig,
              absl::StrCat("--", flag, "=\"", text,
                           "\": what follows \\ is no escape as \\t"));
}

absl::StatusOr<LineFormat> FormatFromFlags(const Session& session,
                                           const Settings& settings) {
  LineFormat format;
  absl::Status status =
      Unescape("key_separator", absl::GetFlag(FLAGS_key_separator),
               &format.key_separator);
  if (!status.ok()) return status;
  status =
      Unescape("timestamp_separator", absl::GetFlag(FLAGS_timestamp_separator),
               &format.timestamp_separator);
  if (!status.ok()) return status;
  // Beside a time in the value, a made-up one would only be in the way.
  if (settings.source.time_format == TimeFormat::kRecordTimestamp) {
    format.timestamp_step = absl::GetFlag(FLAGS_timestamp_step);
  }
  format.key = absl::GetFlag(FLAGS_key);
  format.empty_is_null = absl::GetFlag(FLAGS_empty_is_null);
  const std::string field = absl::GetFlag(FLAGS_key_field);
  if (field.empty()) return format;
  if (settings.source.format == SourceSpec::Format::kNumber) {
    return Stop(StopReason::kConfig,
                "--key_field: the input is plain numbers, without fields; give "
                "--key_separator");
  }
  const bool json = settings.source.format == SourceSpec::Format::kJson;
  const auto changed = session.SettingsWith(
      absl::StrCat("input { ", json ? "json" : "csv", " { value: \"",
                   absl::CHexEscape(field), "\" } }"));
  if (!changed.ok()) {
    return Stop(StopReason::kConfig,
                absl::StrCat("--key_field=", field, ", taken for input.",
                             json ? "json" : "csv",
                             ".value: ", changed.status().message()));
  }
  format.key_source = changed->source;
  format.key_source->time_format = TimeFormat::kRecordTimestamp;
  return format;
}

// Not std::getline, nor getline: who waits for a line ends when a signal comes,
// also when it came just before the waiting began.
class StandardInput {
 public:
  explicit StandardInput(const std::atomic<bool>* stop) : stop_(stop) {}

  // False: there is no more, or the user wants to end. Valid until the next.
  absl::StatusOr<bool> NextLine(absl::string_view* line) {
    size_t end = buffer_.find('\n', begin_);
    while (end == std::string::npos) {
      const size_t searched = buffer_.size() - begin_;
      const auto more = ReadMore();
      if (!more.ok()) return more;
      if (!*more) break;
      end = buffer_.find('\n', searched);
    }
    if (*stop_ || begin_ == buffer_.size()) return false;
    *line = absl::string_view(buffer_).substr(begin_, end - begin_);
    // The last line need not have an end.
    begin_ = end == std::string::npos ? buffer_.size() : end + 1;
    ++lines_;
    return true;
  }

 private:
  static constexpr int kLookAtStopEvery = 50;  // ms

  // Some more, at least a byte, what was not handed out now first; false: there
  // is none, or the user wants to end.
  absl::StatusOr<bool> ReadMore() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const size_t had = buffer_.size();
    buffer_.resize(had + (64 << 10));
    const ssize_t got = ReadSome(&buffer_[had], buffer_.size() - had);
    const int error = errno;
    buffer_.resize(had + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got >= 0) return got > 0;
    return absl::InternalError(absl::StrCat(
        "standard input, after line ", lines_, ": ", std::strerror(error)));
  }

  // As read(); 0 also when the user wants to end.
  ssize_t ReadSome(char* to, size_t size) {
    pollfd readable = {STDIN_FILENO, POLLIN, 0};
    while (!*stop_) {
      if (poll(&readable, 1, kLookAtStopEvery) <= 0) continue;
      const ssize_t got = read(STDIN_FILENO, to, size);
      if (got >= 0 || (errno != EINTR && errno != EAGAIN)) return got;
    }
    return 0;
  }

  const std::atomic<bool>* const stop_;
  std::string buffer_;
  size_t begin_ = 0;  // of what was not handed out
  uint64_t lines_ = 0;
};

void PrintStep(Session& session, const LineOutcome& outcome,
               Simulation* simulation) {
  const std::vector<WindowSpec>& windows = simulation->spec().windows;
  const ChangeSet changes = simulation->Changes();
  if (session.json()) {
    session.out() << OutcomeJson(outcome, changes, windows);
  } else {
    session.out() << ChangesText(outcome, changes, windows);
  }
  session.out().flush();
}

absl::Status FeedAll(Session& session, Simulation* simulation) {
  const bool final = absl::GetFlag(FLAGS_final);
  if (!final && !session.json()) {
    session.out() << ChangesHeader(simulation->spec().windows) << std::flush;
  }
  StandardInput input(session.stop());
  absl::string_view line;
  while (session.out().good()) {
    const auto more = input.NextLine(&line);
    if (!more.ok()) return more.status();
    if (!*more) break;
    const LineOutcome outcome = simulation->Feed(line);
    if (!final) PrintStep(session, outcome, simulation);
    if (!outcome.step.ok()) {
      const std::string what = absl::StrCat(
          "line ", outcome.line, ": the step cannot tell: ", outcome.why);
      return IsStop(outcome.step) ? Stop(ReasonOf(outcome.step), what)
                                  : absl::UnavailableError(what);
    }
    if (outcome.fate == LineOutcome::Fate::kStopped) {
      return Stop(
          StopReason::kBadRecord,
          absl::StrCat("line ", outcome.line, " is a bad record: ", outcome.why,
                       ". Policy STOP: to pass over bad records set "
                       "on_bad_record: SKIP"));
    }
    if (final || !session.json()) session.err() << RemarkText(outcome);
  }
  if (*session.stop()) return absl::CancelledError("interrupted");
  return absl::OkStatus();
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto settings = session.RequireSettings();
  if (!settings.ok()) return settings.status();
  absl::StatusOr<LineFormat> format = FormatFromFlags(session, **settings);
  if (!format.ok()) return format.status();
  const absl::Status step = session.RequireStep();
  if (!step.ok()) return step;
  auto samples = MakeSampleReader(session.ReadingOf(**settings));
  if (!samples.ok()) return samples.status();
  Simulation simulation(**settings, *std::move(samples), *std::move(format));
  const absl::Status status = FeedAll(session, &simulation);
  if (absl::GetFlag(FLAGS_final)) {
    const ChangeSet changes = simulation.Changes();
    const std::vector<WindowSpec>& windows = simulation.spec().windows;
    session.out() << (session.json()
                          ? FinalJson(changes, windows)
                          : FinalText(changes, windows, session.terminal()))
                  << std::flush;
  }
  session.err() << SummaryText(simulation);
  return status;
}

}  // namespace

Command SimulateCommand() {
  Command command;
  command.name = "simulate";
  command.arguments = "< RECORDS";
  command.summary = "Feeds lines of text through a configuration, no Kafka";
  command.description =
      R"(The fastest way to try a configuration: each line of standard input is a
record, decoded and folded by the code of the processor, as one partition.
After each line the keys whose averages changed are printed; with --final all
keys, once, after the last. Nothing of Kafka is needed, nor what the
configuration says of it.

A line is [TIME separator] [KEY separator] VALUE:
  VALUE  as the configuration's input says: JSON, CSV or a number
  KEY    with --key_separator, as kcat -K writes it; or, with --key_field,
         taken out of the value; else all lines have the key that --key names
  TIME   with --timestamp_separator. It is the record's timestamp: the event
         time, unless input.event_time names a field. Else line n has the
         timestamp 1970-01-01T00:00:00Z plus n - 1 times --timestamp_step, or
         none where input.event_time names a field

Late and bad records are named on standard error, with their line and why; the
last line there says what became of all. Under on_bad_record: STOP the first
bad record ends it, with exit code 3, as it would the processor.

--output=json: an object a line, {"line","fate","why","results"}. fate is
applied, late, filtered, skipped or stopped; why is absent when applied or
filtered; results holds, for each changed key, the record that the updates
topic would get: {"key", "averages":{WINDOW:{"average","count"}}}, or
{"key","deleted":true}. With --final: those alone, one a line.
)";
  command.examples = {
      "simulate --config=prices.textproto --key_field=/ticker < trades.jsonl",
      "simulate --config=prices.textproto --key_separator=: < trades.txt",
      "simulate --config=prices.textproto --config_override='window { name: "
      "\"last5\" count { size: 5 } }' < trades.jsonl",
  };
  command.flags = {"key",
                   "key_separator",
                   "key_field",
                   "timestamp_separator",
                   "timestamp_step",
                   "empty_is_null",
                   "final"};
  command.alternatives = {{"key", "key_separator", "key_field"},
                          {"timestamp_separator", "timestamp_step"}};
  command.needs.kafka = false;
  command.run = &Run;
  return command;
}

}  // namespace exactmean

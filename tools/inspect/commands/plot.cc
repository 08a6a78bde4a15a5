// exactmean-inspect plot.

#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/chart/svg_chart.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/new_file.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/explain/key_course.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/key_filter.h"

namespace exactmean {
namespace {

// With the input, where --config says which; else from the results alone.
absl::StatusOr<std::vector<KeyCourse>> CoursesOf(
    Session& session, const std::vector<KeyHistory>& histories) {
  std::vector<KeyCourse> courses;
  if (session.settings() == nullptr) {
    session.err() << "without --config the input is not known: the picture "
                     "has what the results topic still holds alone\n";
    for (const KeyHistory& history : histories) {
      courses.push_back(CourseOf(history));
    }
    return courses;
  }
  const absl::Status step = session.RequireStep();
  if (!step.ok()) return step;
  const auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  ExplainOptions options;
  options.spec = session.settings()->state;
  options.reading = session.ReadingOf(*session.settings());
  options.max_records = absl::GetFlag(FLAGS_max_records);
  options.all_records = true;
  options.scan = ScanOptionsOf(session);
  for (const KeyHistory& history : histories) {
    if (!history.checkpoint.has_value()) {
      courses.push_back(CourseOf(history));
      continue;
    }
    Progress progress = session.MakeProgress("reading the input backwards", 0);
    options.scan.progress = [&](uint64_t records) { progress.Update(records); };
    const auto explanation = Explain(input->get(), history, options);
    if (!explanation.ok()) return explanation.status();
    courses.push_back(CourseOf(history, *explanation, options.spec));
    progress.Clear();
    if (explanation->snapshot.has_value() && !explanation->complete) {
      session.err() << "key \"" << PrintableKey(history.key)
                    << "\": input before offset " << explanation->read_from
                    << " is not in the picture (retained from "
                    << explanation->retained_from << "; --max_records)\n";
    }
  }
  return courses;
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  NewFile file(path);
  const absl::Status status = file.Create();
  if (!status.ok()) return status;
  std::ofstream stream(file.temporary(), std::ios::binary);
  stream << text;
  return file.Commit(&stream);
}

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const std::string path = absl::GetFlag(FLAGS_output);
  if (path == "json") {
    return Stop(StopReason::kConfig,
                "a plot is a picture: --output=FILE.svg says where to");
  }
  if (session.settings() == nullptr &&
      absl::GetFlag(FLAGS_max_records) != kMaxRecords) {
    return Stop(StopReason::kConfig,
                "--max_records is of the input, which --config=FILE names: "
                "give it, too");
  }
  const auto histories = ReadHistories(session, words);
  if (!histories.ok()) return histories.status();
  const auto courses = CoursesOf(session, *histories);
  if (!courses.ok()) return courses.status();
  std::vector<SvgPanel> panels;
  for (size_t i = 0; i < courses->size(); ++i) {
    panels.push_back({PrintableKey((*histories)[i].key), (*courses)[i].values,
                      (*courses)[i].averages});
  }
  const std::string svg = SvgChart(panels);
  if (path != "text") return WriteFile(path, svg);
  session.out() << svg;
  return absl::OkStatus();
}

}  // namespace

Command PlotCommand() {
  Command command;
  command.name = "plot";
  command.arguments = "KEY...";
  command.summary = "Input values and averages over time, as an SVG picture";
  command.description =
      R"(A panel a key: its input values as dots, the average of each window as a line,
over event time in UTC. The SVG is complete in itself and follows the viewer's
preference of light or dark; no display and no service is needed. Without
--output=FILE it goes to standard output.

Averages are those of the snapshots that the results topic still holds;
between and before these, where --config says which input, they are recomputed
from the input's records by the code of the processor, as far as a window's
records are known. Versions of before a `rewind` to another configuration are
left out. Reads the input backwards to the key's first record, and at most
--max_records of it.

What it cannot show: values of before what the input retains, or of deleted
keys. With more than 4,000 points a line is drawn by its extremes.

Exits with 10 when there is no such key.
)";
  command.examples = {
      "plot IBM MSFT --config=prices.textproto --output=prices.svg",
      "plot IBM --config=prices.textproto --max_records=0 > ibm.svg"};
  command.flags = {"partition", "max_records"};
  command.min_words = 1;
  command.max_words = SIZE_MAX;
  command.needs.output_is_file = true;
  command.run = &Run;
  return command;
}

}  // namespace exactmean

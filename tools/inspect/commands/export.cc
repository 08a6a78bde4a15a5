// exactmean-inspect export.

#include "tools/inspect/export/export.h"

#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/new_file.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/export/export_writer.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/key_filter.h"

ABSL_FLAG(std::string, format, "",
          "csv, jsonl or sqlite. Default: csv; with --output=json, jsonl.");
ABSL_FLAG(std::string, file, "",
          "Where to: replaced once all is written, or left as it is. Default, "
          "and -: standard output, but not for sqlite.");

namespace exactmean {
namespace {

// The writer and what it writes to.
struct Output {
  std::unique_ptr<NewFile> file;  // null: standard output
  std::ofstream stream;           // of a text format to a file
  std::unique_ptr<ExportWriter> writer;
};

// Empty: standard output.
std::string PathOfFlag() {
  const std::string path = absl::GetFlag(FLAGS_file);
  return path == "-" ? "" : path;
}

absl::StatusOr<std::string> FormatOf(const Session& session) {
  std::string format = absl::GetFlag(FLAGS_format);
  if (format.empty()) format = session.json() ? "jsonl" : "csv";
  if (format != "csv" && format != "jsonl" && format != "sqlite") {
    return Stop(StopReason::kConfig, "--format is csv, jsonl or sqlite");
  }
  if (session.json() && format != "jsonl") {
    return Stop(StopReason::kConfig,
                absl::StrCat("--output=json is --format=jsonl, not ", format));
  }
  if (format == "sqlite" && PathOfFlag().empty()) {
    return Stop(StopReason::kConfig, "--format=sqlite needs --file=FILE");
  }
  return format;
}

absl::Status Open(Session& session, const std::string& format, Output* output) {
  const std::string path = PathOfFlag();
  std::ostream* out = &session.out();
  if (!path.empty()) {
    output->file = std::make_unique<NewFile>(path);
    const absl::Status status = output->file->Create();
    if (!status.ok()) return status;
    out = &output->stream;
  }
  if (format == "sqlite") {
    auto writer = MakeSqliteWriter(output->file->temporary());
    if (!writer.ok()) return writer.status();
    output->writer = *std::move(writer);
    return absl::OkStatus();
  }
  if (!path.empty()) {
    output->stream.open(output->file->temporary(), std::ios::binary);
  }
  output->writer = format == "csv" ? MakeCsvWriter(out) : MakeJsonlWriter(out);
  return absl::OkStatus();
}

absl::Status Close(Output* output) {
  const absl::Status status = output->writer->Finish();
  if (!status.ok() || output->file == nullptr) return status;
  return output->stream.is_open() ? output->file->Commit(&output->stream)
                                  : output->file->Commit();
}

void Say(const std::vector<ExportedPartition>& exported, std::ostream& err) {
  uint64_t rows = 0;
  for (const ExportedPartition& partition : exported) {
    rows += partition.rows;
    err << "partition " << partition.partition << ": ";
    if (partition.checkpoint.has_value()) {
      err << Plural(partition.rows, "key") << " as of input offset "
          << partition.checkpoint->next_offset() << ", digest verified";
    } else {
      err << "no state yet";
    }
    err << (partition.held_back
                ? "; a transaction is open, what follows it is not exported\n"
                : "\n");
  }
  if (rows == 0) err << "no keys: the export is empty\n";
}

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto format = FormatOf(session);
  if (!format.ok()) return format.status();
  const auto filter = KeyFilter::Create(absl::GetFlag(FLAGS_prefix),
                                        absl::GetFlag(FLAGS_match));
  if (!filter.ok()) return filter.status();
  const auto reader = session.OpenResults();
  if (!reader.ok()) return reader.status();
  const auto partitions = session.Partitions(reader->get());
  if (!partitions.ok()) return partitions.status();
  Output output;
  absl::Status status = Open(session, *format, &output);
  if (!status.ok()) return status;
  // Not between rows on the same terminal.
  const bool rows_are_seen =
      PathOfFlag().empty() && session.terminal().interactive;
  Progress progress = session.MakeProgress("export", 0, !rows_are_seen);
  ScanOptions options = ScanOptionsOf(session);
  options.progress = [&](uint64_t records) { progress.Update(records); };
  const auto exported =
      Export(reader->get(), *partitions, *filter, options, output.writer.get());
  progress.Clear();
  if (!exported.ok()) return exported.status();
  status = Close(&output);
  if (!status.ok()) return status;
  Say(*exported, session.err());
  return absl::OkStatus();
}

}  // namespace

Command ExportCommand() {
  Command command;
  command.name = "export";
  command.summary =
      "All keys with all their averages, as CSV, JSON lines or SQLite";
  command.description =
      R"(Each partition is written as of one checkpoint, and only after its digest and
number of keys have been verified: standard error says at which input offset
each is. Two partitions at a time are held in memory, one being read and one
being written: keys and averages, not what the windows hold. Rows are in the
order of partitions, then of keys.

Columns, in csv and jsonl, and of the table `state` in sqlite:
  key            as text; one that is no UTF-8, with C escapes (sqlite: BLOB)
  key_base64     its bytes, if it is no UTF-8 (not in sqlite)
  partition
  offset         of the key's record in the results topic
  last_offset    of the last input record folded in
  event_time     the key's newest, RFC 3339
  records        input records folded in
  WINDOW_average, WINDOW_count, WINDOW_min, WINDOW_max, WINDOW_stddev
                 one set a window, ewma windows average and count alone; empty
                 (null) where the window holds nothing

csv is RFC 4180: a header, lines end in CRLF. Numbers are the shortest that
read back as the same double. sqlite has a second table, `checkpoint`, a row a
partition: next_offset, digest, dispositions.

--file is written beside its place, as FILE.tmp (FILE.1.tmp if that is there),
and put there when all is done: an export that fails leaves what was there
before; one that is killed leaves its FILE*.tmp, too, for you to remove.

Exit code 4: a start would refuse the state of a partition, as keys are lost
or somebody else wrote to the topic; `status` says more.
)";
  command.examples = {
      "export --config=prices.textproto > averages.csv",
      "export --config=prices.textproto --format=sqlite --file=averages.db",
      "export --config=prices.textproto --format=jsonl --prefix=EUR/"};
  command.flags = {"format", "file", "prefix", "match", "partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean

// Where exported rows go: one interface, a file for each format.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_WRITER_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_WRITER_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/result.pb.h"
#include "tools/inspect/export/partition_export.h"
#include "tools/inspect/text/format.h"

namespace exactmean {

// Confined to one thread.
class ExportWriter {
 public:
  virtual ~ExportWriter() = default;

  // First, once: the windows of every row, in the order of their averages.
  virtual absl::Status Begin(const std::vector<NamedWindow>& windows) = 0;
  virtual absl::Status Write(const ExportRow& row) = 0;
  // The partition's rows are as of this.
  virtual absl::Status WriteCheckpoint(
      const results::Checkpoint& checkpoint) = 0;
  // Last: all is written.
  virtual absl::Status Finish() = 0;
};

// RFC 4180, with a header, lines ending in CRLF; no checkpoints. `out` outlives
// the writer.
std::unique_ptr<ExportWriter> MakeCsvWriter(std::ostream* out);

// One JSON object a line; no checkpoints.
std::unique_ptr<ExportWriter> MakeJsonlWriter(std::ostream* out);

// A new database at `path` with the tables `state` and `checkpoint`, in one
// transaction. Errors name the path.
absl::StatusOr<std::unique_ptr<ExportWriter>> MakeSqliteWriter(
    const std::string& path);

// A window's columns, without its name: "average", "count", and, but for ewma,
// "min", "max", "stddev".
std::vector<std::string> ColumnsOf(const NamedWindow& window);

// The key as text in a file: itself, or with C escapes when it is no UTF-8.
std::string KeyColumn(const std::string& key);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPORT_EXPORT_WRITER_H_

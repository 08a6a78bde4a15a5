// What `diff` compares: two states of a session's cluster.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMPARISON_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMPARISON_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/types.h"
#include "tools/inspect/diff/diff_text.h"
#include "tools/inspect/diff/sides.h"
#include "tools/inspect/scan.h"
#include "tools/inspect/session.h"

namespace exactmean {

// A point in the input, as the user says it: an offset, a time as TimeOfFlag
// takes it, or, when neither is given, now.
struct InputPoint {
  absl::optional<Offset> offset;
  std::string time;

  bool given() const { return offset.has_value() || !time.empty(); }
};

// Two states, read some partitions at a time.
class Comparison {
 public:
  virtual ~Comparison() = default;

  virtual DiffTitles Titles() const = 0;
  // That the command line asks for.
  virtual const std::vector<Partition>& partitions() const = 0;
  // The left and the right one, each with all of `some`.
  virtual absl::StatusOr<std::pair<DiffSides, DiffSides>> Read(
      absl::Span<const Partition> some, const ScanOptions& options) = 0;
};

// All fail with a Stop(kConfig) when what is asked for makes no sense; the
// session outlives the comparison.

// The session's application at two points of its input.
absl::StatusOr<std::unique_ptr<Comparison>> CompareTimes(Session& session,
                                                         const InputPoint& from,
                                                         const InputPoint& to);

// The session's results topic and another one, both now.
absl::StatusOr<std::unique_ptr<Comparison>> CompareTopics(
    Session& session, const std::string& other);

// The session's application now, and a replay of its input under the
// configuration of the file `path` with `text` merged over it; an empty path is
// the session's own configuration.
absl::StatusOr<std::unique_ptr<Comparison>> CompareConfigs(
    Session& session, const std::string& path, const std::string& text);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_COMPARISON_H_

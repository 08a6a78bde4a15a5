// A golden file: the records that the commits of one case wrote.
//
//   key "AAPL"         C-escaped
//   value 0801...      hexadecimal; or: deleted
//   means format: 1 …  the value, decoded, as text-format protobuf, on one line
//   commit             the end of a transaction

#ifndef EXACTMEAN_TESTS_GOLDEN_GOLDEN_FILE_H_
#define EXACTMEAN_TESTS_GOLDEN_GOLDEN_FILE_H_

#include <iterator>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/change_set.h"
#include "state/result_codec.h"

namespace exactmean {

// All that ever were; the last is what this build writes, where it packs.
constexpr int kFormats[] = {1, 2};
constexpr int kNewestFormat = kFormats[std::size(kFormats) - 1];
static_assert(kNewestFormat == kPackedFormat,
              "make_golden.cc tells how to add a format");

struct GoldenRecord {
  std::string key;
  absl::optional<std::string> value;  // absent: a tombstone
  std::string means;                  // empty for a tombstone
};
using GoldenCommit = std::vector<GoldenRecord>;

// What a commit wrote, the checkpoint last; `means` is filled in.
GoldenCommit CommitOf(const ChangeSet& changes);

std::string FormatGolden(const std::vector<GoldenCommit>& commits);

// kInvalidArgument names the line that is none.
absl::StatusOr<std::vector<GoldenCommit>> ParseGolden(absl::string_view text);

// From the repository's root.
std::string GoldenPath(int format, absl::string_view name);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_GOLDEN_GOLDEN_FILE_H_

// Which dead letters a topic holds, and which of them wait.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_LETTER_INDEX_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_LETTER_INDEX_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/dead_letter/dead_letter.h"
#include "processor/topic_reader.h"
#include "state/types.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// A dead letter without its value and headers.
struct LetterInfo {
  DeadLetterOrigin origin;
  absl::optional<std::string> key;
  // It, or another one of the same record.
  bool redriven = false;
  // Its record was read again later, by a rewind or after a crash without
  // transactions: it is in the state, or there is a newer dead letter of it.
  bool read_again = false;

  bool waits() const { return !redriven && !read_again; }
};

// Of one partition of a dead-letter topic.
struct PartitionLetters {
  std::map<Offset, LetterInfo> letters;  // by their own offsets
  // Records that are no dead letters, or those of another application.
  uint64_t foreign = 0;
  // All before it was read.
  Offset end;
  // What follows cannot be read yet: an open transaction begins there.
  bool held_back = false;
};
using LetterIndex = std::map<Partition, PartitionLetters>;

// Which dead letters are meant.
struct LetterFilter {
  std::string kind;                  // empty: any
  absl::optional<absl::Time> since;  // found to be bad then or later
  // With a filter of keys, one without a key is not meant.
  bool by_key = false;
  KeyFilter keys;

  bool Matches(const LetterInfo& letter) const;
};

// All that is committed of `partitions`, in memory: some 400 bytes a dead
// letter and its key. kDataLoss names a mark that cannot be read.
absl::StatusOr<LetterIndex> ReadLetters(TopicReader* reader,
                                        absl::Span<const Partition> partitions,
                                        const std::string& application,
                                        const ScanOptions& options);

// Likewise, from where `index` ends, to what is there now. An error leaves what
// was read until then: start over.
absl::Status ReadOn(TopicReader* reader, absl::Span<const Partition> partitions,
                    const std::string& application, const ScanOptions& options,
                    LetterIndex* index);

// kUnavailable, when a partition is held back: `what` may lie behind it.
absl::Status CheckWhole(const LetterIndex& index, absl::string_view what);

// One in full. kNotFound: there is none at that offset.
absl::StatusOr<ParsedDeadLetter> ReadLetter(TopicReader* reader,
                                            Partition partition, Offset offset,
                                            const ScanOptions& options);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_LETTER_INDEX_H_

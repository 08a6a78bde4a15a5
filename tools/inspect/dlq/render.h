// Dead letters as text and as JSON.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_RENDER_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_RENDER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "processor/dead_letter/dead_letter.h"
#include "state/types.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/dlq/redrive.h"
#include "tools/inspect/terminal.h"

namespace exactmean {

// Counts by partition and kind, then the newest `limit` (0: all) of the dead
// letters that `filter` means, by partition. Only those are counted, too.
std::string LettersText(const LetterIndex& index, const LetterFilter& filter,
                        size_t limit, const Terminal& terminal);
// An object a dead letter, of the same.
std::string LettersJson(const LetterIndex& index, const LetterFilter& filter,
                        size_t limit);

// One in full.
std::string LetterText(Partition partition, Offset offset,
                       const ParsedDeadLetter& letter);
std::string LetterJson(Partition partition, Offset offset,
                       const ParsedDeadLetter& letter);

std::string RedriveText(const std::vector<PartitionRedrive>& plan);
// An object a partition; `executed`: it was begun, and each tells how far it
// came.
std::string RedriveJson(const std::vector<PartitionRedrive>& plan,
                        bool executed);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_RENDER_H_

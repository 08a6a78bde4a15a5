// From dead letters to offsets.

#include "tools/inspect/dlq/given_up.h"

#include <cstdint>
#include <vector>

#include "processor/dead_letter/bad_record.h"
#include "processor/dead_letter/dead_letter.h"

namespace exactmean {

absl::StatusOr<GivenUp> GivenUpLetters::Read() {
  const auto count = letters_->PartitionCount();
  if (!count.ok()) return count.status();
  std::vector<Partition> partitions;
  for (int32_t p = 0; p < *count; ++p) partitions.emplace_back(p);
  absl::Status status =
      ReadOn(letters_.get(), partitions, application_, options_, &index_);
  if (!status.ok()) index_.clear();
  if (status.ok()) status = CheckWhole(index_, "what was given up");
  if (!status.ok()) return status;
  GivenUp given_up;
  for (const auto& [partition, of] : index_) {
    for (const auto& [offset, letter] : of.letters) {
      const DeadLetterOrigin& origin = letter.origin;
      if (origin.kind == ToString(BadRecordKind::kGivenUp) &&
          origin.topic == input_topic_ && !letter.read_again) {
        given_up[origin.partition].insert(origin.offset);
      }
    }
  }
  return given_up;
}

}  // namespace exactmean

// The names of agreements, and what follows from a partition's status.

#include "tools/inspect/cluster/status.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace exactmean {

absl::string_view ToString(Agreement agreement) {
  switch (agreement) {
    case Agreement::kAgree:
      return "agrees";
    case Agreement::kDiffer:
      return "DIFFERS";
    case Agreement::kBehind:
      return "behind";
    case Agreement::kAhead:
      return "ahead";
    case Agreement::kNoGroupOffset:
      return "none";
    case Agreement::kForeign:
      return "foreign";
    case Agreement::kUndecided:
      return "undecided";
    case Agreement::kUnknown:
      break;
  }
  return "?";
}

uint64_t PartitionStatus::WaitingForState() const {
  if (checkpoint.has_value() || !input.has_value()) return 0;
  const Offset end = input_stable.value_or(input->high);
  return static_cast<uint64_t>(
      std::max<int64_t>(0, end.value() - input->low.value()));
}

double PartitionStatus::RecordsPerLive() const {
  return static_cast<double>(records_read) /
         static_cast<double>(std::max<uint64_t>(1, keys + segments));
}

std::string WritersAfter(const OpenTransaction& open) {
  if (open.writers_after.empty()) return "";
  return absl::StrCat("; checkpoints after it are by ",
                      absl::StrJoin(open.writers_after, " and "));
}

}  // namespace exactmean

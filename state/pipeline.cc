// DescribePartitionsChanged.

#include "state/pipeline.h"

#include "absl/strings/str_format.h"

namespace exactmean {

std::string DescribePartitionsChanged(const std::string& topic, int32_t had,
                                      int32_t has) {
  return absl::StrFormat(
      "input topic \"%s\" had %d partitions and now has %d: its keys may have "
      "moved to other partitions. Start over with a new application_id and "
      "results topic",
      topic, had, has);
}

}  // namespace exactmean

// Collects everything that is wrong with a configuration, so that a user mends
// it in one go.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_PROBLEMS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_PROBLEMS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace exactmean {

class Problems {
 public:
  // `field` is the path of a field, `what` is wrong with it and how to mend it.
  void Add(absl::string_view field, absl::string_view what) {
    lines_.push_back(absl::StrCat(field, ": ", what));
  }

  const std::vector<std::string>& lines() const { return lines_; }

  // OK, or kInvalidArgument with all of them, each on a line of its own.
  absl::Status ToStatus(absl::string_view config) const {
    if (lines_.empty()) return absl::OkStatus();
    if (lines_.size() == 1) {
      return absl::InvalidArgumentError(
          absl::StrCat(config, ": ", lines_.front()));
    }
    return absl::InvalidArgumentError(
        absl::StrCat(config, " has ", lines_.size(), " problems:\n  ",
                     absl::StrJoin(lines_, "\n  ")));
  }

 private:
  std::vector<std::string> lines_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_PROBLEMS_H_

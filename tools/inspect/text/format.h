// Times, numbers and windows as the inspector's texts have them.

#ifndef EXACTMEAN_TOOLS_INSPECT_TEXT_FORMAT_H_
#define EXACTMEAN_TOOLS_INSPECT_TEXT_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "proto/result.pb.h"

namespace exactmean {

// RFC 3339 in UTC, with as many decimals as it takes.
std::string TimeText(int64_t micros);
void AppendTimeText(int64_t micros, std::string* out);

// Six significant digits.
std::string NumberText(double value);

struct NamedWindow {
  std::string name;
  bool has_spread = true;  // minimum, maximum, deviation: all kinds but ewma
};

// The windows whose averages the snapshots beside `checkpoint` have, in their
// order. Null, or of fewer windows: the rest of `averages` is named window0 and
// so on.
std::vector<NamedWindow> WindowsOf(const results::Checkpoint* checkpoint,
                                   int averages);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_TEXT_FORMAT_H_

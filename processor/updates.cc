// UpdateJson.

#include "processor/updates.h"

#include "absl/strings/str_cat.h"
#include "processor/json.h"

namespace exactmean {

std::string UpdateJson(const ChangeSet& changes, size_t i,
                       const std::vector<WindowSpec>& windows) {
  std::string out = absl::StrCat("{\"key\":", JsonString(changes.key(i)));
  if (!changes.value(i).has_value()) {
    return absl::StrCat(out, ",\"deleted\":true}");
  }
  absl::StrAppend(&out, ",\"averages\":{");
  const absl::Span<const Average> averages = changes.averages(i);
  for (size_t w = 0; w < windows.size(); ++w) {
    absl::StrAppend(&out, w == 0 ? "" : ",", JsonString(windows[w].name),
                    ":{\"average\":", JsonNumber(averages[w].average),
                    ",\"count\":", averages[w].count, "}");
  }
  return absl::StrCat(out, "}}");
}

}  // namespace exactmean

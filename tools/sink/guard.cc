// SQL of the guard. A row in doubt holds -1 - OFFSET, so that it is told from
// others and its offset is not lost.

#include "tools/sink/guard.h"

#include "absl/strings/str_cat.h"

namespace exactmean {

std::string GivesWay(absl::string_view row, absl::string_view offset) {
  return absl::StrCat("CASE WHEN ", row, ".results_offset < 0 THEN -2 - ", row,
                      ".results_offset ELSE ", row, ".results_offset END < ",
                      offset);
}

std::string UnconfirmStatement(const Table& rows, Partition partition,
                               ReplacedBy by) {
  const std::string update =
      absl::StrCat("UPDATE ", rows.name, " SET results_offset = ");
  const std::string where =
      absl::StrCat(" WHERE partition = ", partition.value());
  // That of offset 0: any record may replace it.
  if (by == ReplacedBy::kAny) return absl::StrCat(update, "-1", where);
  return absl::StrCat(update, "-1 - results_offset", where,
                      " AND results_offset >= 0");
}

std::string SweepStatement(const Table& rows, Partition partition) {
  return absl::StrCat("DELETE FROM ", rows.name,
                      " WHERE partition = ", partition.value(),
                      " AND results_offset < 0");
}

std::string KeepStatement(const Table& rows, absl::string_view key,
                          absl::string_view partition,
                          absl::string_view offset) {
  return absl::StrCat(
      "UPDATE ", rows.name,
      " SET results_offset = -1 - results_offset WHERE key = ", key,
      " AND partition = ", partition, " AND results_offset < 0 AND ",
      GivesWay(rows.name, offset));
}

}  // namespace exactmean

// A key's values and averages over time, for a picture.

#ifndef EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_COURSE_H_
#define EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_COURSE_H_

#include <vector>

#include "tools/inspect/chart/series.h"
#include "tools/inspect/explain/explain.h"
#include "tools/inspect/explain/key_history.h"

namespace exactmean {

struct KeyCourse {
  Series values;                 // folded in, by event time
  std::vector<Series> averages;  // one a window, by the key's newest time
};

// From the versions in the results topic alone.
KeyCourse CourseOf(const KeyHistory& history);

// From the versions, and between them and before them from the records of
// `explanation`, folded in by the state's code: of a window from where its
// records are known.
KeyCourse CourseOf(const KeyHistory& history, const Explanation& explanation,
                   const StateSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_EXPLAIN_KEY_COURSE_H_

// How an answer about a state was come by.

#ifndef EXACTMEAN_TOOLS_INSPECT_PAST_ANSWER_LABEL_H_
#define EXACTMEAN_TOOLS_INSPECT_PAST_ANSWER_LABEL_H_

#include "absl/strings/string_view.h"

namespace exactmean {

// Never by a guess.
enum class AnswerLabel {
  kNow,          // the newest committed state
  kExact,        // the results log proves it
  kReplayed,     // the input, folded anew, gives it
  kUnavailable,  // neither
};

// "now", "exact", "replayed", "unavailable".
inline absl::string_view LabelText(AnswerLabel label) {
  switch (label) {
    case AnswerLabel::kNow:
      return "now";
    case AnswerLabel::kExact:
      return "exact";
    case AnswerLabel::kReplayed:
      return "replayed";
    case AnswerLabel::kUnavailable:
      return "unavailable";
  }
  return "";
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_PAST_ANSWER_LABEL_H_

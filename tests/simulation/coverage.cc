// Coverage.

#include "tests/simulation/coverage.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace exactmean {
namespace {

template <typename Visit>
void ForEachCell(Visit visit) {
  for (int k = 0; k < kEventKinds; ++k) {
    const auto kind = static_cast<EventKind>(k);
    if (!Coverage::IsCounted(kind)) continue;
    for (int p = 0; p < kPhases; ++p) visit(kind, static_cast<Phase>(p));
  }
}

std::string Pair(EventKind kind, Phase phase) {
  return absl::StrCat(EventName(kind), " x ", PhaseName(phase));
}

// Of the answers that calls of a transaction alone may give.
absl::string_view WhyNoTransactionFault(EventKind kind, Phase phase) {
  if (kind < EventKind::kAbortedBefore || kind > EventKind::kFencedAfter) {
    return "";
  }
  if (IsRestorePhase(phase)) return "a restore has no transaction";
  const bool failing = phase == Phase::kAborting || phase == Phase::kRecovering;
  switch (kind) {
    case EventKind::kAbortedBefore:
      if (phase == Phase::kCommitSent) return "then the end is unknown";
      return failing ? "neither Abort nor Open may answer so" : "";
    case EventKind::kAbortedAfter:
      if (failing) return "only an error leads there, never a call's effect";
      if (phase == Phase::kCommitSent) return "what has committed has no abort";
      if (phase == Phase::kToken) return "Token has no effect";
      return phase == Phase::kIdle ? "neither Abort nor Open may answer so"
                                   : "";
    case EventKind::kUnknownBefore:
      if (phase == Phase::kRecovering) return "Open may not answer so";
      break;
    case EventKind::kUnknownAfter:
    case EventKind::kFencedAfter:
      if (failing) return "only an error leads there, never a call's effect";
      return phase == Phase::kToken ? "Token has no effect" : "";
    default:  // kFencedBefore
      return "";
  }
  return phase == Phase::kIdle ? "a transaction begins after Token" : "";
}

}  // namespace

void Coverage::Add(EventKind kind, PhaseSet phases) {
  for (int p = 0; p < kPhases; ++p) {
    if ((phases >> p & 1) != 0) {
      ++counts_[static_cast<size_t>(kind)][static_cast<size_t>(p)];
    }
  }
}

void Coverage::Merge(const Coverage& other) {
  for (size_t k = 0; k < counts_.size(); ++k) {
    for (size_t p = 0; p < counts_[k].size(); ++p) {
      counts_[k][p] += other.counts_[k][p];
    }
  }
}

bool Coverage::IsCounted(EventKind kind) {
  return kind != EventKind::kTurns && kind != EventKind::kAdvance;
}

absl::string_view Coverage::WhyImpossible(EventKind kind, Phase phase) {
  // What a commit has written is waited for while the run loop goes on.
  const bool within_commit = phase >= Phase::kToken &&
                             phase <= Phase::kOffsetsAdded &&
                             phase != Phase::kWriting;
  switch (kind) {
    case EventKind::kStop:
      return within_commit ? "no turn of the run loop ends there" : "";
    case EventKind::kAssigned:
    case EventKind::kRevokedEager:
    case EventKind::kRevokedCooperative:
    case EventKind::kLost:
      return within_commit ? "told by Poll, which no commit calls" : "";
    case EventKind::kCrashAfter:
    case EventKind::kUnavailableAfter:
      return phase == Phase::kAborting || phase == Phase::kRecovering
                 ? "only an error leads there, never a call's effect"
                 : "";
    case EventKind::kDelayEndTxn:
      return phase == Phase::kOffsetsAdded || phase == Phase::kCommitSent
                 ? ""
                 : "Commit is called elsewhere alone";
    default:
      return WhyNoTransactionFault(kind, phase);
  }
}

std::string Coverage::Table() const {
  std::string table = absl::StrFormat("%-35s", "");
  for (int p = 0; p < kPhases; ++p) {
    absl::StrAppendFormat(&table, "%9s", PhaseName(static_cast<Phase>(p)));
  }
  for (int k = 0; k < kEventKinds; ++k) {
    const auto kind = static_cast<EventKind>(k);
    if (!IsCounted(kind)) continue;
    absl::StrAppendFormat(&table, "\n%-35s", EventName(kind));
    for (int p = 0; p < kPhases; ++p) {
      const auto phase = static_cast<Phase>(p);
      const bool never =
          count(kind, phase) == 0 && !WhyImpossible(kind, phase).empty();
      absl::StrAppendFormat(
          &table, "%9s",
          never ? std::string("-") : absl::StrCat(count(kind, phase)));
    }
  }
  return table;
}

std::vector<std::string> Coverage::Missing() const {
  std::vector<std::string> missing;
  ForEachCell([&](EventKind kind, Phase phase) {
    if (count(kind, phase) == 0 && WhyImpossible(kind, phase).empty()) {
      missing.push_back(Pair(kind, phase));
    }
  });
  return missing;
}

std::vector<std::string> Coverage::Unexpected() const {
  std::vector<std::string> unexpected;
  ForEachCell([&](EventKind kind, Phase phase) {
    if (count(kind, phase) > 0 && !WhyImpossible(kind, phase).empty()) {
      unexpected.push_back(Pair(kind, phase));
    }
  });
  return unexpected;
}

}  // namespace exactmean

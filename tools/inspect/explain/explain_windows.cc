// ExplainWindows: which records are in a window, what they weigh, what they
// give, and whether the snapshot says the same.

#include "tools/inspect/explain/explain_windows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/algorithm/container.h"
#include "state/arithmetic.h"
#include "state/panes.h"
#include "state/spec.h"

namespace exactmean {
namespace {

// An ewma is known when what is missing weighs less.
constexpr double kNegligible = 1e-15;

// Is a sample of this time in a window that ends at `newest`?
bool IsIn(const WindowSpec& window, EventTime time, EventTime newest) {
  switch (window.kind) {
    case WindowSpec::Kind::kTimeExact:
      return newest.value() - time.value() < window.length_us;
    case WindowSpec::Kind::kTimePanes:
      return PaneIndex(newest, window.resolution_us) -
                 PaneIndex(time, window.resolution_us) <
             window.length_us / window.resolution_us;
    default:
      return true;
  }
}

Average FromProto(const results::Average& average) {
  return {average.average(), average.count(), average.min(), average.max(),
          average.stddev()};
}

void FindMembers(const Explanation& e, WindowExplanation* window) {
  const EventTime newest(e.snapshot->event_time());
  const size_t found = e.folded.size();
  window->wanted = window->stored.count;
  size_t first = 0;
  if (window->window.kind == WindowSpec::Kind::kCount) {
    window->wanted =
        std::min<uint64_t>(window->window.size, e.snapshot->records());
    first = found - std::min<size_t>(found, window->window.size);
  }
  for (size_t i = first; i < found; ++i) {
    if (IsIn(window->window, e.folded[i].sample.time, newest)) {
      window->members.push_back(i);
    }
  }
}

// Of an ewma by records; what those that were not found weigh is a matter of
// the number of those that were.
void WeighByRecords(const Explanation& e, WindowExplanation* window) {
  const double alpha = window->window.alpha;
  double left = 1;
  for (size_t i = window->weights.size(); i-- > 0;) {
    window->weights[i] = left * alpha;
    left *= 1 - alpha;
  }
  // The first of all weighs what is left.
  if (e.complete && !window->weights.empty()) {
    window->weights[0] += left;
    left = 0;
  }
  window->weight_of_rest = left;
}

// Of an ewma by event time; what those that were not found weigh is what the
// snapshot's weight, `whole`, leaves.
void WeighByTime(const Explanation& e, double whole,
                 WindowExplanation* window) {
  double total = 0;
  for (size_t i = 0; i < window->weights.size(); ++i) {
    const EventTime time = e.folded[window->members[i]].sample.time;
    const double age = static_cast<double>(e.snapshot->event_time()) -
                       static_cast<double>(time.value());
    window->weights[i] = NegativeExp2(
        std::max(0.0, age) / static_cast<double>(window->window.half_life_us));
    total += window->weights[i];
  }
  if (e.complete) whole = total;
  whole = std::max(whole, total);
  for (double& weight : window->weights) weight /= whole;
  window->weight_of_rest = whole > 0 ? 1 - total / whole : 1;
}

Verdict VerdictOn(const Explanation& e, const WindowExplanation& window,
                  bool exhausted) {
  const bool unsure = absl::c_any_of(
      e.folded, [](const InputRecord& r) { return r.may_be_late; });
  const Verdict differs =
      unsure || e.lost > 0 ? Verdict::kUndecided : Verdict::kDiffers;
  if (IsEwma(window.window) && !e.complete) {
    if (exhausted) return differs;
    if (window.weight_of_rest > kNegligible) return Verdict::kNotRetained;
    double scale = 0;
    for (const InputRecord& record : e.folded) {
      scale = std::max(scale, std::fabs(record.sample.value));
    }
    const double apart =
        std::fabs(window.stored.average - window.recomputed.average);
    return apart <= 1e-12 * scale ? Verdict::kAgrees : differs;
  }
  if (window.members.size() < window.wanted) {
    return exhausted ? differs : Verdict::kNotRetained;
  }
  return window.stored == window.recomputed ? Verdict::kAgrees : differs;
}

}  // namespace

void ExplainWindows(const WindowLayout& layout, bool exhausted,
                    Explanation* to) {
  KeyWindows windows;
  for (const InputRecord& record : to->folded) {
    windows.Add(layout, record.sample);
  }
  std::vector<Average> averages(layout.windows.size());
  windows.ToAverages(layout, absl::MakeSpan(averages));
  to->windows.clear();
  int ewma = 0;
  for (size_t i = 0; i < layout.windows.size(); ++i) {
    WindowExplanation window;
    window.window = layout.windows[i];
    window.recomputed = averages[i];
    if (static_cast<int>(i) < to->snapshot->averages_size()) {
      window.stored = FromProto(to->snapshot->averages(static_cast<int>(i)));
    }
    FindMembers(*to, &window);
    if (IsEwma(window.window)) {
      window.weights.resize(window.members.size());
      const double whole = ewma < to->snapshot->decayed_size()
                               ? to->snapshot->decayed(ewma).weight()
                               : 0;
      ++ewma;
      if (window.window.kind == WindowSpec::Kind::kEwmaRecords) {
        WeighByRecords(*to, &window);
      } else {
        WeighByTime(*to, whole, &window);
      }
    }
    window.verdict = VerdictOn(*to, window, exhausted);
    to->windows.push_back(std::move(window));
  }
}

}  // namespace exactmean

// KeyWindows to and from the window fields of a Snapshot. What is read is
// checked: bytes of a topic are not to be trusted.

#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "state/key_windows.h"
#include "state/samples_proto.h"

namespace exactmean {
namespace {

void MomentsToProto(const Moments& from, results::Moments* to) {
  to->set_count(from.count());
  to->set_sum(from.sum().sum);
  to->set_compensation(from.sum().compensation);
  to->set_min(from.min());
  to->set_max(from.max());
  to->set_squared_deviations(from.squared_deviations());
}

// So many samples that no key can have had more: offsets are int64.
constexpr uint64_t kMaxCount = std::numeric_limits<int64_t>::max();

// Can `x` be a sum of `count` terms of at most `largest`? Twice that is let
// pass: sums are rounded.
bool IsSumOf(double x, uint64_t count, double largest) {
  return std::fabs(x) <= 2 * largest * static_cast<double>(count);
}

bool MomentsFromProto(const results::Moments& from, Moments* to) {
  *to = Moments(from.count(), {from.sum(), from.compensation()}, from.min(),
                from.max(), from.squared_deviations());
  constexpr double kMaxSquare = 4 * kMaxMagnitude * kMaxMagnitude;
  const uint64_t count = from.count();
  return count > 0 && count <= kMaxCount &&
         IsSumOf(from.sum(), count, kMaxMagnitude) &&
         IsSumOf(from.compensation(), count, kMaxMagnitude) &&
         IsSumOf(from.squared_deviations(), count, kMaxSquare) &&
         IsAdmissible(from.min()) && IsAdmissible(from.max()) &&
         from.min() <= from.max();
}

// Can a key have had so many?
bool IsCountOfSegments(uint64_t first, uint64_t count) {
  return first <= kMaxCount && count <= kMaxCount - first;
}

absl::Status ReadPanes(const results::Panes& from, const WindowSpec& window,
                       std::vector<Pane>* to) {
  if (from.index_deltas_size() != from.moments_size()) {
    return Corrupt("indices and moments of panes differ in number");
  }
  int64_t index = 0;
  uint64_t count = 0;
  for (int i = 0; i < from.moments_size(); ++i) {
    const int64_t delta = from.index_deltas(i);
    if (i > 0 && delta <= 0) return Corrupt("panes out of order");
    index = AddWrapping(index, delta);
    to->push_back(Pane{index, Moments()});
    if (std::abs(static_cast<double>(index)) > 0x1p60 ||
        !MomentsFromProto(from.moments(i), &to->back().moments) ||
        from.moments(i).count() > kMaxCount - count) {
      return Corrupt("a pane out of range");
    }
    count += from.moments(i).count();
  }
  if (to->empty()) return Corrupt("a time window without a pane");
  if (to->front().index <= index - window.length_us / window.resolution_us) {
    return Corrupt("a pane older than its time window");
  }
  return absl::OkStatus();
}

absl::Status ReadDecayed(const results::Decayed& from, Decayed* to) {
  *to = Decayed{from.weighted_sum(), from.weight(), from.count(),
                EventTime(from.time())};
  // The newest sample alone weighs 1.
  if (from.count() == 0 || from.count() > kMaxCount || !(from.weight() >= 1) ||
      !(from.weight() <= static_cast<double>(from.count())) ||
      !(std::fabs(from.weighted_sum()) <= 2 * kMaxMagnitude * from.weight()) ||
      !IsAdmissible(Sample{0, to->time})) {
    return Corrupt("an ewma window out of range");
  }
  return absl::OkStatus();
}

}  // namespace

void KeyWindows::RingToProto(const WindowLayout& layout, uint32_t age,
                             uint32_t count, results::Samples* samples) const {
  auto* values = samples->mutable_values();
  values->Reserve(static_cast<int>(count));
  ring_.Copy(age, count, layout.ring_capacity,
             values->AddNAlreadyReserved(static_cast<int>(count)));
}

void KeyWindows::ToWholeProto(const WindowLayout& layout,
                              results::Snapshot* snapshot) const {
  if (layout.ring_capacity > 0) {
    RingToProto(layout, ring_.size() - 1, ring_.size(),
                snapshot->mutable_samples());
  }
  if (others_ == nullptr) return;
  if (layout.timed_length_us > 0) {
    TimedToProto(others_->timed.All(), snapshot->mutable_timed());
  }
  OthersToProto(layout, snapshot);
}

void KeyWindows::ToProto(const WindowLayout& layout,
                         results::Snapshot* snapshot) const {
  if (!layout.in_segments()) return ToWholeProto(layout, snapshot);
  const Segmented& segmented = *others_->segmented;
  snapshot->set_first_segment(segmented.log.first_number());
  snapshot->set_segments(segmented.log.size());
  if (layout.ring_capacity > 0) {
    const uint32_t count =
        layout.ring_in_segments() ? segmented.open_values : ring_.size();
    RingToProto(layout, count - 1, count, snapshot->mutable_samples());
  }
  if (layout.timed_length_us > 0) {
    TimedToProto(others_->timed.open(), snapshot->mutable_timed());
  }
  OthersToProto(layout, snapshot);
}

void KeyWindows::OthersToProto(const WindowLayout& layout,
                               results::Snapshot* snapshot) const {
  for (const Panes& from : others_->panes) {
    results::Panes* panes = snapshot->add_panes();
    int64_t before = 0;
    for (const Pane& pane : from.panes()) {
      panes->add_index_deltas(pane.index - before);
      MomentsToProto(pane.moments, panes->add_moments());
      before = pane.index;
    }
  }
  for (const Decayed& from : others_->decayed) {
    results::Decayed* decayed = snapshot->add_decayed();
    decayed->set_weighted_sum(from.weighted_sum);
    decayed->set_weight(from.weight);
    decayed->set_count(from.count);
    decayed->set_time(from.time.value());
  }
  if (layout.cumulative) {
    MomentsToProto(others_->cumulative, snapshot->mutable_cumulative());
  }
}

absl::Status KeyWindows::FromProto(const WindowLayout& layout,
                                   const results::Snapshot& snapshot) {
  const auto& ring = snapshot.samples().values();
  absl::Status status = CheckRing(snapshot.samples(), layout.ring_capacity);
  if (!status.ok()) return status;
  const uint64_t segments = snapshot.segments();
  if (!IsCountOfSegments(snapshot.first_segment(), segments) ||
      (segments > 0 && !layout.in_segments())) {
    return Corrupt("samples in segments, where there are none");
  }
  if (snapshot.has_samples() != (layout.ring_capacity > 0) ||
      snapshot.panes_size() != static_cast<int>(layout.panes.size()) ||
      snapshot.decayed_size() != static_cast<int>(layout.decayed.size()) ||
      snapshot.has_cumulative() != layout.cumulative ||
      snapshot.has_timed() != (layout.timed_length_us > 0)) {
    return Corrupt("its windows are not those of the configuration");
  }
  std::unique_ptr<Others> others;
  if (!layout.only_ring()) {
    others = MakeOthers(layout);
    status = ReadOthers(layout, snapshot, others.get());
    if (!status.ok()) return status;
  }
  ring_.Assign(absl::MakeConstSpan(ring.data(), ring.size()),
               layout.ring_capacity);
  others_ = std::move(others);
  if (layout.in_segments()) {
    Segmented& segmented = *others_->segmented;
    segmented.log.Begin(snapshot.first_segment());
    segmented.awaited = segments;
    if (layout.ring_in_segments()) segmented.open_values = ring_.size();
  }
  return absl::OkStatus();
}

absl::Status KeyWindows::ReadOthers(const WindowLayout& layout,
                                    const results::Snapshot& snapshot,
                                    Others* to) {
  if (layout.timed_length_us > 0) {
    std::vector<Sample> timed;
    const absl::Status status =
        ReadTimed(snapshot.timed(), layout.timed_length_us, &timed);
    if (!status.ok()) return status;
    if (timed.empty() && snapshot.segments() == 0) {
      return Corrupt("a time window without a sample");
    }
    // Those of the snapshot are to be in the next segment.
    std::vector<Sample> none;
    if (!layout.in_segments()) std::swap(timed, none);
    to->timed.Assign(std::move(none), std::move(timed), layout.timed_length_us);
  }
  for (size_t i = 0; i < layout.panes.size(); ++i) {
    std::vector<Pane> panes;
    const absl::Status status =
        ReadPanes(snapshot.panes(static_cast<int>(i)), layout.panes[i], &panes);
    if (!status.ok()) return status;
    to->panes[i].Assign(std::move(panes));
  }
  for (size_t i = 0; i < layout.decayed.size(); ++i) {
    const absl::Status status =
        ReadDecayed(snapshot.decayed(static_cast<int>(i)), &to->decayed[i]);
    if (!status.ok()) return status;
  }
  if (layout.cumulative &&
      !MomentsFromProto(snapshot.cumulative(), &to->cumulative)) {
    return Corrupt("a cumulative window out of range");
  }
  return absl::OkStatus();
}

}  // namespace exactmean

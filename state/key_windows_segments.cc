// KeyWindows: the segments of long windows, see WindowLayout.

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "state/key_windows.h"
#include "state/result_codec.h"
#include "state/samples_proto.h"

namespace exactmean {
namespace {

// Appends what the segment holds.
absl::Status ReadSegment(const WindowLayout& layout, absl::string_view bytes,
                         std::vector<double>* ring, std::vector<Sample>* timed,
                         SegmentLog::Contents* contents) {
  results::Segment segment;
  absl::Status status = DecodeSegment(bytes, &segment);
  if (!status.ok()) return status;
  if (segment.has_samples() != layout.ring_in_segments() ||
      segment.has_timed() != (layout.timed_length_us > 0)) {
    return Corrupt("a segment of other windows");
  }
  status = CheckRing(segment.samples(), layout.ring_capacity);
  if (!status.ok()) return status;
  const size_t before = timed->size();
  status = ReadTimed(segment.timed(), layout.timed_length_us, timed);
  if (!status.ok()) return status;
  const auto& values = segment.samples().values();
  ring->insert(ring->end(), values.begin(), values.end());
  contents->ring_values = static_cast<uint32_t>(values.size());
  if (before < timed->size()) contents->newest = timed->back().time;
  return absl::OkStatus();
}

}  // namespace

SegmentLog* KeyWindows::segments() const {
  if (others_ == nullptr || others_->segmented == nullptr) return nullptr;
  return &others_->segmented->log;
}

void KeyWindows::MoveToSegments(const WindowLayout& layout) {
  Segmented& s = *others_->segmented;
  const TimedSamples& timed = others_->timed;
  if (layout.ring_in_segments()) {
    s.open_values = std::min(s.open_values + 1, ring_.size());
  }
  if (std::max<size_t>(s.open_values, timed.open().size()) >=
      layout.segment_samples) {
    CloseOpen(layout);
  }
  const auto needed = [&](const SegmentLog::Contents& segment) {
    const uint64_t after =
        s.log.ring_values() - segment.ring_values + s.open_values;
    return (layout.ring_in_segments() && after < layout.ring_capacity) ||
           (segment.newest.has_value() &&
            timed.InWindow(*segment.newest, layout.timed_length_us));
  };
  while (s.log.size() > 0 && !needed(s.log.front())) s.log.DropFront();
  const size_t samples = ring_.size() + timed.size();
  if (s.log.size() > 4 + 2 * samples / layout.segment_samples) Repack(layout);
}

// Only the first can go. One whose time lies far ahead stays for ever, and
// those behind it, which the count windows have passed: they must not pile up.
void KeyWindows::Repack(const WindowLayout& layout) {
  Segmented& s = *others_->segmented;
  const size_t before = s.log.size();
  AppendSegments(layout, layout.ring_in_segments() ? ring_.size() : 0,
                 others_->timed.All());
  s.open_values = 0;
  others_->timed.Close();
  for (size_t i = 0; i < before; ++i) s.log.DropFront();
}

void KeyWindows::CloseOpen(const WindowLayout& layout) {
  Segmented& s = *others_->segmented;
  AppendSegments(layout, s.open_values, others_->timed.open());
  s.open_values = 0;
  others_->timed.Close();
}

// The newest `ring_values` of the ring, and these.
void KeyWindows::AppendSegments(const WindowLayout& layout,
                                uint32_t ring_values,
                                absl::Span<const Sample> timed) {
  const uint32_t each = layout.segment_samples;
  for (uint32_t at = 0; at < ring_values || at < timed.size(); at += each) {
    results::Segment segment;
    segment.set_format(kSegmentFormat);
    SegmentLog::Contents contents;
    if (layout.ring_in_segments()) {
      results::Samples* const samples = segment.mutable_samples();
      if (at < ring_values) {
        contents.ring_values = std::min(each, ring_values - at);
        RingToProto(layout, ring_values - 1 - at, contents.ring_values,
                    samples);
      }
    }
    if (layout.timed_length_us > 0) {
      const auto part = timed.subspan(std::min<size_t>(at, timed.size()), each);
      TimedToProto(part, segment.mutable_timed());
      if (!part.empty()) contents.newest = part.back().time;
    }
    others_->segmented->log.Append(contents, EncodeResult(std::move(segment)));
  }
}

uint64_t KeyWindows::awaited_segments() const {
  if (others_ == nullptr || others_->segmented == nullptr) return 0;
  return others_->segmented->awaited;
}

absl::Status KeyWindows::TakeSegments(
    const WindowLayout& layout, absl::Span<const WrittenSegment> segments) {
  Segmented& s = *others_->segmented;
  std::vector<double> ring;
  std::vector<Sample> closed;
  for (const WrittenSegment& written : segments) {
    SegmentLog::Contents contents;
    const absl::Status status =
        ReadSegment(layout, written.bytes, &ring, &closed, &contents);
    if (!status.ok()) return status;
    s.log.AppendWritten(contents, written.hash);
  }
  s.awaited = 0;
  if (layout.ring_in_segments()) {
    const uint32_t open = ring_.size();
    ring.resize(ring.size() + open);
    ring_.Copy(open - 1, open, layout.ring_capacity,
               ring.data() + (ring.size() - open));
    const auto all = absl::MakeConstSpan(ring);
    ring_.Assign(all.last(std::min<size_t>(all.size(), layout.ring_capacity)),
                 layout.ring_capacity);
  }
  if (layout.timed_length_us == 0) return absl::OkStatus();
  // Of equal times those of the earlier segment come first.
  const auto earlier = [](const Sample& a, const Sample& b) {
    return a.time < b.time;
  };
  if (!std::is_sorted(closed.begin(), closed.end(), earlier)) {
    std::stable_sort(closed.begin(), closed.end(), earlier);
  }
  TimedSamples& timed = others_->timed;
  std::vector<Sample> open(timed.open().begin(), timed.open().end());
  if (closed.empty() && open.empty()) {
    return Corrupt("a time window without a sample");
  }
  timed.Assign(std::move(closed), std::move(open), layout.timed_length_us);
  return absl::OkStatus();
}

}  // namespace exactmean

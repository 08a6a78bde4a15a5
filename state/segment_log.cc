// SegmentLog.

#include "state/segment_log.h"

#include <utility>

namespace exactmean {

void SegmentLog::Append(const Contents& contents, std::string bytes) {
  Segment segment;
  segment.contents = contents;
  segment.unwritten = std::make_unique<const std::string>(std::move(bytes));
  // Written over what an earlier life of the key has left under the number.
  const auto gone = gone_.find(first_number_ + size());
  if (gone != gone_.end()) {
    segment.hash_in_log = gone->second.hash_in_log;
    segment.earlier_in_flight = gone->second.in_flight;
    gone_.erase(gone);
  }
  live_.push_back(std::move(segment));
  ring_values_ += contents.ring_values;
}

void SegmentLog::AppendWritten(const Contents& contents, uint64_t hash_in_log) {
  Segment segment;
  segment.contents = contents;
  segment.hash_in_log = hash_in_log;
  live_.push_back(std::move(segment));
  ring_values_ += contents.ring_values;
}

void SegmentLog::DropFront() {
  const Segment& front = live_[first_];
  const bool in_flight = front.in_flight || front.earlier_in_flight;
  if (front.hash_in_log != 0 || in_flight) {
    gone_[first_number_] = {front.hash_in_log, in_flight};
  }
  ring_values_ -= front.contents.ring_values;
  ++first_;
  ++first_number_;
  if (first_ > live_.size() / 2) {
    live_.erase(live_.begin(),
                live_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void SegmentLog::DropAll() {
  while (size() > 0) DropFront();
  first_number_ = 0;
}

void SegmentLog::VisitDue(
    absl::FunctionRef<void(uint64_t, const std::string*, uint64_t)> visit) {
  // Due ones are the last.
  size_t i = live_.size();
  while (i > first_ && live_[i - 1].unwritten != nullptr) --i;
  for (; i < live_.size(); ++i) {
    live_[i].in_flight = true;
    visit(first_number_ + (i - first_), live_[i].unwritten.get(),
          live_[i].hash_in_log);
  }
  for (auto& [number, gone] : gone_) {
    gone.in_flight = true;
    visit(number, nullptr, gone.hash_in_log);
  }
}

void SegmentLog::Settle(uint64_t number, uint64_t hash_in_log) {
  if (Segment* segment = Find(number)) {
    segment->hash_in_log = hash_in_log;
    // Not when another life of the key has made it anew meanwhile.
    if (segment->in_flight) segment->unwritten.reset();
    segment->in_flight = segment->earlier_in_flight = false;
    return;
  }
  const auto gone = gone_.find(number);
  if (gone == gone_.end()) return;
  gone->second.hash_in_log = hash_in_log;
  ForgetIfDone(gone);
}

void SegmentLog::Abandon(uint64_t number) {
  if (Segment* segment = Find(number)) {
    segment->in_flight = segment->earlier_in_flight = false;
    return;
  }
  const auto gone = gone_.find(number);
  if (gone != gone_.end()) ForgetIfDone(gone);
}

SegmentLog::Segment* SegmentLog::Find(uint64_t number) {
  if (number < first_number_ || number - first_number_ >= size()) {
    return nullptr;
  }
  return &live_[first_ + (number - first_number_)];
}

void SegmentLog::ForgetIfDone(Gones::iterator gone) {
  gone->second.in_flight = false;
  if (gone->second.hash_in_log == 0) gone_.erase(gone);
}

}  // namespace exactmean

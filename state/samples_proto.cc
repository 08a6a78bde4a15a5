// Samples to and from protos.

#include "state/samples_proto.h"

#include "absl/strings/str_cat.h"
#include "state/key_windows.h"

namespace exactmean {

absl::Status Corrupt(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("corrupt snapshot: ", what));
}

void TimedToProto(absl::Span<const Sample> from, results::TimedSamples* to) {
  int64_t before = 0;
  for (const Sample& sample : from) {
    to->add_time_deltas(sample.time.value() - before);
    to->add_values(sample.value);
    before = sample.time.value();
  }
}

absl::Status ReadTimed(const results::TimedSamples& from, int64_t length_us,
                       std::vector<Sample>* to) {
  if (from.time_deltas_size() != from.values_size()) {
    return Corrupt("times and values of a time window differ in number");
  }
  const size_t first = to->size();
  int64_t time = 0;
  for (int i = 0; i < from.values_size(); ++i) {
    const int64_t delta = from.time_deltas(i);
    if (i > 0 && delta < 0) return Corrupt("times run backwards");
    time = AddWrapping(time, delta);
    to->push_back(Sample{from.values(i), EventTime(time)});
    if (!IsAdmissible(to->back())) return Corrupt("a sample out of range");
  }
  if (first < to->size() && (*to)[first].time.value() <= time - length_us) {
    return Corrupt("a sample older than its time window");
  }
  return absl::OkStatus();
}

absl::Status CheckRing(const results::Samples& ring, uint32_t capacity) {
  if (ring.values_size() > static_cast<int>(capacity)) {
    return Corrupt("more samples than the longest count window");
  }
  for (double value : ring.values()) {
    if (!IsAdmissible(value)) return Corrupt("a sample out of range");
  }
  return absl::OkStatus();
}

}  // namespace exactmean

// A time window summed up in panes: memory by its resolution, whatever the
// number of samples.

#ifndef EXACTMEAN_STATE_PANES_H_
#define EXACTMEAN_STATE_PANES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "state/average.h"
#include "state/moments.h"
#include "state/types.h"

namespace exactmean {

// floor(time / resolution). REQUIRES: resolution_us > 0.
int64_t PaneIndex(EventTime time, int64_t resolution_us);

struct Pane {
  int64_t index = 0;
  Moments moments;
};

// Holds the panes with samples among the last `panes` ones up to the newest, in
// the order of time.
class Panes {
 public:
  // `panes` is length / resolution. A sample of a pane already gone is let go.
  void Add(const Sample& sample, int64_t resolution_us, int64_t panes);

  // Over all panes held, merged oldest first.
  Average Over() const;

  absl::Span<const Pane> panes() const { return panes_; }

  // REQUIRES: in order of index, none twice.
  void Assign(std::vector<Pane> panes) { panes_ = std::move(panes); }

 private:
  std::vector<Pane> panes_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PANES_H_

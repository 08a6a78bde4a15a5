// The packed form of samples, which is what long windows are written in: a
// value is most often a decimal number of a few digits, and a time a multiple
// of a millisecond or more.

#ifndef EXACTMEAN_STATE_PACKED_SAMPLES_H_
#define EXACTMEAN_STATE_PACKED_SAMPLES_H_

#include "proto/result.pb.h"

namespace exactmean {

// Whether anything was packed: what would not come back to the last bit, or
// would not be shorter, stays as it is. The outcome depends on the samples
// alone. What is packed already stays so too.
bool PackSamples(results::Samples* samples);
bool PackSamples(results::TimedSamples* samples);

// The plain form again. False: nothing that was packed has this form, and
// `samples` is of no use.
bool UnpackSamples(results::Samples* samples);
bool UnpackSamples(results::TimedSamples* samples);

}  // namespace exactmean

#endif  // EXACTMEAN_STATE_PACKED_SAMPLES_H_

// The version of this exactmean.

#ifndef EXACTMEAN_PROCESSOR_VERSION_H_
#define EXACTMEAN_PROCESSOR_VERSION_H_

namespace exactmean {

constexpr char kVersion[] = "0.1.0";

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_VERSION_H_

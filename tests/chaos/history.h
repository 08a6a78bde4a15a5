// What was done to the cluster and what it did, with times: one JSON object a
// line, for whoever asks afterwards what led to what.

#ifndef EXACTMEAN_TESTS_CHAOS_HISTORY_H_
#define EXACTMEAN_TESTS_CHAOS_HISTORY_H_

#include <fstream>
#include <mutex>  // NOLINT(build/c++11)
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace exactmean {

// Thread-safe.
class History {
 public:
  // Appends to the file. `echo`: to standard error, too, for people.
  History(const std::string& path, bool echo);

  // "instance", "started", "chaos-1 as process 77".
  void Add(absl::string_view subject, absl::string_view event,
           absl::string_view detail);

  absl::Time start() const { return start_; }

 private:
  const absl::Time start_;
  const bool echo_;
  std::mutex mutex_;
  std::ofstream file_;  // guarded by mutex_
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_HISTORY_H_

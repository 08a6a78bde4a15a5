// A user's own step between the decoder and the windows: it gets each record
// and says which sample is in it.

#ifndef EXACTMEAN_PROCESSOR_STEP_H_
#define EXACTMEAN_PROCESSOR_STEP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

// A record as a step sees it. It has a key and a value: one without a key is
// bad, one without a value deletes its key, and neither comes to the step.
// Views are valid during the call.
struct StepRecord {
  absl::string_view key;
  absl::string_view value;
  int64_t timestamp_ms = -1;  // the record's own, since 1970; -1: none
  Partition partition;
  Offset offset;

  // What the configuration's `input` finds in the record: its number and event
  // time; or, kInvalidArgument, why it finds none.
  absl::StatusOr<Sample> decoded;

  // Taken out of the message when asked for. kDataLoss: they cannot be read.
  std::function<absl::StatusOr<Headers>()> headers = [] { return Headers(); };
};

// Confined to one thread: each worker makes a step of its own. It may block,
// but its partitions, and a rebalance, wait for it: give every call out of the
// process a time-out of a few seconds.
class Step {
 public:
  virtual ~Step() = default;

  // The sample to fold in; nullopt: let the record go by (it is counted as
  // filtered). Errors:
  //   kUnavailable      it cannot be told for now: the record is tried again
  //   kInvalidArgument  it is a bad record: on_bad_record
  //   anything else     the process stops before the record, and names it
  // Called once for each try of a record; a restart, a rebalance and
  // `exactmean-inspect verify` may ask again. An answer that is final must
  // depend on the record and the properties alone, or the results are no longer
  // what a replay of the input gives. Throws nothing.
  virtual absl::StatusOr<absl::optional<Sample>> Apply(
      const StepRecord& record) = 0;
};

// The configuration's `step`.
struct StepSpec {
  std::string name;                               // empty: there is none
  std::map<std::string, std::string> properties;  // what results depend on
  std::map<std::string, std::string> options;     // what they do not depend on
};

// Makes a step, or says what is wrong with its properties and options. Each
// worker calls it on its own thread, perhaps at the same time as others.
using StepFactory =
    std::function<absl::StatusOr<std::unique_ptr<Step>>(const StepSpec&)>;

// The steps that are linked into a program, by the names that configurations
// call them.
using StepFactories = std::map<std::string, StepFactory>;

// The step of a pipeline; null when it has none. A Stop(kNoStep) when it is not
// among `linked`, a Stop(kConfig) when it does not like its configuration.
absl::StatusOr<std::unique_ptr<Step>> MakeStep(const StepSpec& spec,
                                               const StepFactories& linked);

// What of `spec` results depend on, in one line; empty when there is no step. A
// part of the state's fingerprint: never changed for an old spec.
std::string Describe(const StepSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_STEP_H_

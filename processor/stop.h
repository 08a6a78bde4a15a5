// Why a process stops, carried by the absl::Status that stops it, and the exit
// code of each reason.

#ifndef EXACTMEAN_PROCESSOR_STOP_H_
#define EXACTMEAN_PROCESSOR_STOP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace exactmean {

// The values are the exit codes; docs/when-it-stops.md lists them. 0 is a
// shutdown that was asked for.
enum class StopReason {
  kInternal = 1,     // a defect, or an error that nobody foresaw
  kConfig = 2,       // configuration, topics, authorisation
  kBadRecord = 3,    // a bad record under policy STOP
  kState = 4,        // the state cannot be proven, or is not this application's
  kFenced = 5,       // another process works under this instance id
  kUnreachable = 6,  // the cluster did not answer for too long
  kIncomplete = 7,   // of a run over a part of the input: stopped before its
                     // end; of exactmean-inspect: not all could be answered
  kStep = 8,         // the user's step failed, or was given up, on a record
  kNoStep = 9,       // the pipeline's step is not linked into this program
  // Of exactmean-inspect alone:
  kNotFound = 10,  // there is no such key, or dead letter
  kNotWell = 11,   // what it was asked to watch over is not as it must be
  kWatchdog = 75,  // the run loop stood still (EX_TEMPFAIL: start it again)
};

// A status that ends the process for `reason`. `message` is for people: what
// happened, where, and the way out.
absl::Status Stop(StopReason reason, absl::string_view message);

// Likewise, with the cause's code, for who handles it further.
absl::Status Stop(StopReason reason, const absl::Status& cause);

// Of any error; kInternal when it carries none.
StopReason ReasonOf(const absl::Status& status);

// Does the error come from Stop?
bool IsStop(const absl::Status& status);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_STOP_H_

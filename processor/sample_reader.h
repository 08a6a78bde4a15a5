// From a record to the sample to fold in: the decoder, then the user's step if
// the pipeline has one. The processor and every replay read through it.

#ifndef EXACTMEAN_PROCESSOR_SAMPLE_READER_H_
#define EXACTMEAN_PROCESSOR_SAMPLE_READER_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/decoder/decoder.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"
#include "processor/step.h"
#include "state/types.h"

namespace exactmean {

// Records of which the step could not tell in time, and that were passed as
// dead letters.
using GivenUp = std::map<Partition, std::set<Offset>>;

// Confined to one thread, as the decoder and the step are.
class SampleReader {
 public:
  // `step` may be null. Of the records in `given_up` it is not asked: they are
  // bad.
  explicit SampleReader(std::unique_ptr<Decoder> decoder,
                        std::unique_ptr<Step> step = nullptr,
                        GivenUp given_up = {})
      : decoder_(std::move(decoder)),
        step_(std::move(step)),
        given_up_(std::move(given_up)) {}

  // nullopt: the step lets it go by. kInvalidArgument: a bad record.
  // kUnavailable: the step cannot tell for now. A Stop(kStep): it has failed.
  // REQUIRES: the record has a key and a value.
  absl::StatusOr<absl::optional<Sample>> Read(const LogRecord& record) {
    if (step_ == nullptr) return decoder_->Decode(record);
    return ReadThroughStep(record);
  }

  bool has_step() const { return step_ != nullptr; }

 private:
  absl::StatusOr<absl::optional<Sample>> ReadThroughStep(
      const LogRecord& record);

  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Step> step_;
  GivenUp given_up_;
};

// How the records of a pipeline are read: enough to make readers of it.
struct Reading {
  SourceSpec source;
  StepSpec step;
  StepFactories linked;
  // For a replay: what a processor has given up by the time that a reader is
  // made. Null: nothing.
  std::function<absl::StatusOr<GivenUp>()> given_up = nullptr;
};

// Errors as of MakeStep, and of what was given up.
absl::StatusOr<SampleReader> MakeSampleReader(const Reading& reading);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_SAMPLE_READER_H_

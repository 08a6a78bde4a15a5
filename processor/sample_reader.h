// From a record to the sample to fold in: the decoder, then the user's step if
// the pipeline has one. The processor and every replay read through it.

#ifndef EXACTMEAN_PROCESSOR_SAMPLE_READER_H_
#define EXACTMEAN_PROCESSOR_SAMPLE_READER_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "processor/decoder/decoder.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"
#include "processor/step.h"
#include "state/types.h"

namespace exactmean {

// Confined to one thread, as the decoder and the step are.
class SampleReader {
 public:
  // `step` may be null.
  explicit SampleReader(std::unique_ptr<Decoder> decoder,
                        std::unique_ptr<Step> step = nullptr)
      : decoder_(std::move(decoder)), step_(std::move(step)) {}

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
};

// How the records of a pipeline are read: enough to make readers of it.
struct Reading {
  SourceSpec source;
  StepSpec step;
  StepFactories linked;
};

// Errors as of MakeStep.
absl::StatusOr<SampleReader> MakeSampleReader(const Reading& reading);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_SAMPLE_READER_H_

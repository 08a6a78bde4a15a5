// From a record to the sample in it.

#ifndef EXACTMEAN_PROCESSOR_DECODER_DECODER_H_
#define EXACTMEAN_PROCESSOR_DECODER_DECODER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "processor/decoder/source_spec.h"
#include "processor/log.h"
#include "state/types.h"

namespace exactmean {

// Decodes the records of one source. What comes out depends on the record
// alone: not on the records before it, the locale or the machine. Confined to
// one thread, as it has buffers that it uses again.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // The finite value and the event time that `record` holds. kInvalidArgument:
  // a bad record; the message says why, in one printable line that shows at
  // most the beginning of the value.
  virtual absl::StatusOr<Sample> Decode(const LogRecord& record) = 0;
};

// REQUIRES: `spec` is one that LoadSettings may return: the pointers parse, the
// columns and the delimiter are sound.
std::unique_ptr<Decoder> MakeDecoder(const SourceSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_DECODER_H_

// Which reader finds the fields of a source.

#ifndef EXACTMEAN_PROCESSOR_DECODER_FIELD_READER_H_
#define EXACTMEAN_PROCESSOR_DECODER_FIELD_READER_H_

#include <memory>

#include "processor/decoder/fields.h"
#include "processor/decoder/source_spec.h"

namespace exactmean {

// Of the format of `spec`. REQUIRES: as MakeDecoder.
std::unique_ptr<FieldReader> MakeFieldReader(const SourceSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_FIELD_READER_H_

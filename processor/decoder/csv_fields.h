// Finds the fields of a CSV record by column.

#ifndef EXACTMEAN_PROCESSOR_DECODER_CSV_FIELDS_H_
#define EXACTMEAN_PROCESSOR_DECODER_CSV_FIELDS_H_

#include <memory>

#include "processor/decoder/fields.h"
#include "processor/decoder/source_spec.h"

namespace exactmean {

// A reader of single CSV lines (RFC 4180): a field may be quoted with '"', in
// which "" is a quote and delimiters and line ends are text; a quote inside of
// an unquoted field is text. One line end may end the record. A record with
// more lines, with fewer columns than asked for, or with another number of
// columns than `spec.csv_columns`, is an error.
std::unique_ptr<FieldReader> MakeCsvFields(const SourceSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_CSV_FIELDS_H_

// How a sample is found in a record: the checked and resolved form of the
// configuration's `input`, and its canonical text.

#ifndef EXACTMEAN_PROCESSOR_DECODER_SOURCE_SPEC_H_
#define EXACTMEAN_PROCESSOR_DECODER_SOURCE_SPEC_H_

#include <cstdint>
#include <string>

namespace exactmean {

// How the text of an event time is read.
enum class TimeFormat {
  kRecordTimestamp,  // not read from the value: the record's own timestamp
  kEpochSeconds,
  kEpochMillis,
  kEpochMicros,
  kIso8601,
};

// Of the fields below `format`, those that the format names count.
struct SourceSpec {
  enum class Format {
    kJson,    // *_pointer
    kCsv,     // *_column, csv_*
    kNumber,  // the whole value is the number
  };
  Format format = Format::kNumber;
  TimeFormat time_format = TimeFormat::kRecordTimestamp;

  // How far a field's time may be ahead of the record's own timestamp,
  // microseconds; only unless the record's timestamp serves.
  int64_t max_ahead_us = INT64_MAX;

  // JSON pointers (RFC 6901), not empty; the time's only unless the record's
  // timestamp serves.
  std::string value_pointer;
  std::string time_pointer;

  // Columns, from 1; the time's only unless the record's timestamp serves.
  int value_column = 0;
  int time_column = 0;
  int csv_columns = 0;  // every record has exactly so many; 0: not checked
  char csv_delimiter = ',';
};

// What `spec` means, in one line: equal for specs that read records alike, and
// never changed for an old spec: it is part of the state's fingerprint.
std::string Describe(const SourceSpec& spec);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_DECODER_SOURCE_SPEC_H_

// Parameters of a statement in PostgreSQL's binary format: exact, and without a
// text to parse for every number.

#ifndef EXACTMEAN_TOOLS_SINK_POSTGRES_PARAMS_H_
#define EXACTMEAN_TOOLS_SINK_POSTGRES_PARAMS_H_

#include <postgresql/libpq-fe.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// Of the types that are sent; they never change (pg_type.dat).
constexpr Oid kByteaOid = 17;
constexpr Oid kBigintOid = 20;
constexpr Oid kIntegerOid = 23;
constexpr Oid kTextOid = 25;
constexpr Oid kDoubleOid = 701;
constexpr Oid kTimestamptzOid = 1184;

// The microseconds of a timestamptz, which counts from the year 2000. What lies
// beyond it becomes something that PostgreSQL refuses.
int64_t PostgresTime(int64_t unix_micros);

// An array of one dimension, for unnest(). Elements are of one type.
class PostgresArray {
 public:
  explicit PostgresArray(Oid element);

  void AddNull();
  void AddBigint(int64_t value);
  void AddInteger(int32_t value);
  void AddDouble(double value);
  void AddBytes(absl::string_view bytes);  // of text, too

  // As the server takes it.
  const std::string& Encoded();
  Oid type() const;

 private:
  const Oid element_;
  int32_t size_ = 0;
  bool has_null_ = false;
  std::string bytes_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_POSTGRES_PARAMS_H_

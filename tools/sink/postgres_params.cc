// PostgresArray.

#include "tools/sink/postgres_params.h"

#include <cstring>

namespace exactmean {
namespace {

constexpr int64_t kYear2000 = 946684800000000;
constexpr size_t kHeader = 20;

// Most significant byte first.
template <typename T>
void Put(T value, char* at) {
  for (size_t i = 0; i < sizeof(T); ++i) {
    at[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  }
}

template <typename T>
void Append(T value, std::string* out) {
  char bytes[sizeof(T)];
  Put(value, bytes);
  out->append(bytes, sizeof(T));
}

}  // namespace

int64_t PostgresTime(int64_t unix_micros) {
  int64_t time = 0;
  // The least of all stands for "-infinity".
  if (__builtin_sub_overflow(unix_micros, kYear2000, &time)) {
    return INT64_MIN + 1;
  }
  return time == INT64_MIN ? INT64_MIN + 1 : time;
}

PostgresArray::PostgresArray(Oid element)
    : element_(element), bytes_(kHeader, '\0') {}

void PostgresArray::AddNull() {
  Append(uint32_t{0xffffffff}, &bytes_);
  has_null_ = true;
  ++size_;
}

void PostgresArray::AddBigint(int64_t value) {
  Append(uint32_t{8}, &bytes_);
  Append(static_cast<uint64_t>(value), &bytes_);
  ++size_;
}

void PostgresArray::AddInteger(int32_t value) {
  Append(uint32_t{4}, &bytes_);
  Append(static_cast<uint32_t>(value), &bytes_);
  ++size_;
}

void PostgresArray::AddDouble(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  AddBigint(static_cast<int64_t>(bits));
}

void PostgresArray::AddBytes(absl::string_view bytes) {
  Append(static_cast<uint32_t>(bytes.size()), &bytes_);
  bytes_.append(bytes.data(), bytes.size());
  ++size_;
}

const std::string& PostgresArray::Encoded() {
  Put(uint32_t{1}, &bytes_[0]);  // dimensions
  Put(uint32_t{has_null_ ? 1U : 0U}, &bytes_[4]);
  Put(static_cast<uint32_t>(element_), &bytes_[8]);
  Put(static_cast<uint32_t>(size_), &bytes_[12]);
  Put(uint32_t{1}, &bytes_[16]);  // the first index
  return bytes_;
}

Oid PostgresArray::type() const {
  switch (element_) {
    case kIntegerOid:
      return 1007;
    case kTextOid:
      return 1009;
    case kBigintOid:
      return 1016;
    case kDoubleOid:
      return 1022;
    case kTimestamptzOid:
      return 1185;
    default:
      return 1001;  // bytea
  }
}

}  // namespace exactmean

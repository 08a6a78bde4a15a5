// LateRecords.

#include "tools/inspect/records/late_records.h"

#include <algorithm>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "state/deletion.h"
#include "state/delivery_mode.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {
namespace {

// Of the two first fields of a Snapshot, both integers.
constexpr uint32_t kFormatTag = results::Snapshot::kFormatFieldNumber << 3;
constexpr uint32_t kLastOffsetTag = results::Snapshot::kLastOffsetFieldNumber
                                    << 3;

// A restore refuses any other.
Offset Possible(Offset made_by) {
  return IsLastOffset(made_by) ? made_by : LateRecords::kUnknown;
}

// Without decoding the rest, which is most of reading a log.
Offset LastOffsetOf(absl::string_view snapshot) {
  google::protobuf::io::CodedInputStream in(
      reinterpret_cast<const uint8_t*>(snapshot.data()),
      static_cast<int>(snapshot.size()));
  uint64_t value = 0;
  if (in.ReadTag() != kFormatTag || !in.ReadVarint64(&value)) {
    return LateRecords::kUnknown;
  }
  // An offset of 0 is not written.
  if (in.ReadTag() != kLastOffsetTag) return Offset(0);
  if (!in.ReadVarint64(&value)) return LateRecords::kUnknown;
  return Possible(Offset(static_cast<int64_t>(value)));
}

}  // namespace

constexpr Offset LateRecords::kUnknown;

bool LateRecords::plain() const {
  return has_held_ && ModeOf(held_) != DeliveryMode::kExactlyOnce;
}

absl::StatusOr<Offset> LateRecords::MadeBy(const LogRecord& record) const {
  if (record.value.has_value()) return LastOffsetOf(*record.value);
  if (has_held_ && !plain()) return kUnknown;
  const absl::StatusOr<Headers> headers = HeadersOf(record);
  if (!headers.ok()) return headers.status();
  return Possible(DeletedAt(*headers).value_or(kUnknown));
}

bool LateRecords::IsLate(absl::string_view key, Offset made_by, bool live,
                         Offset held) {
  if (has_held_ && !plain()) return false;
  const auto gone = gone_.find(key);
  if (gone != gone_.end()) held = std::max(held, gone->second);
  // Before the first checkpoint nobody knows whether two snapshots are of a
  // time without transactions.
  const bool may_be_late = has_held_ || !live;
  if (may_be_late && made_by != kUnknown && made_by < held) return true;
  if (!live && made_by != kUnknown) {
    gone_[key] = made_by;
  } else if (gone != gone_.end()) {
    gone_.erase(gone);
  }
  return false;
}

bool LateRecords::IsLate(const results::Checkpoint& checkpoint) const {
  return has_held_ && IsStale(checkpoint, held_);
}

absl::optional<results::Checkpoint> LateRecords::ReadCheckpoint(
    const LogRecord& record) {
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpointRecord(record, &checkpoint);
  if (!status.ok()) {
    bad_ = absl::Status(
        status.code(),
        absl::StrCat("partition ", record.partition.value(), ", offset ",
                     record.offset.value(), ": ", status.message()));
    return absl::nullopt;
  }
  if (IsLate(checkpoint)) return absl::nullopt;
  return checkpoint;
}

void LateRecords::Hold(const results::Checkpoint& checkpoint) {
  bad_ = absl::OkStatus();
  has_held_ = true;
  held_.set_delivery(checkpoint.delivery());
  held_.set_next_offset(checkpoint.next_offset());
}

bool LateRecords::IsAhead(Offset made_by) const {
  return plain() && made_by.value() >= held_.next_offset();
}

bool LateRecords::IsAnyDeletionAhead() const {
  return absl::c_any_of(
      gone_, [this](const auto& gone) { return IsAhead(gone.second); });
}

}  // namespace exactmean

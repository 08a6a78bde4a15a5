// PartitionFold.

#include "tools/inspect/cluster/partition_fold.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {
namespace {

constexpr size_t kPassedKept = 1000;

}  // namespace

void PartitionFold::Accept(const LogRecord& record) {
  const absl::string_view key = record.key.value_or("");
  const absl::string_view value = record.value.value_or("");
  ++records_;
  bytes_ += key.size() + value.size();
  if (key == kCheckpointKey) return AcceptCheckpoint(record);
  if (ParseSegmentKey(key).has_value()) {
    return AcceptSegment(key, record.value);
  }
  const auto found = keys_.find(key);
  const auto made_by = late_.MadeBy(record);
  if (!made_by.ok()) {
    problem_ = absl::StrCat("the record at offset ", record.offset.value(),
                            " cannot be used: ", made_by.status().message());
    return;
  }
  if (late_.IsLate(key, *made_by, record.value.has_value(),
                   found != keys_.end() ? found->second.made_by
                                        : LateRecords::kUnknown)) {
    return;
  }
  ++after_checkpoint_;
  if (!IsReservedKey(key)) Put(key, record.value, *made_by, found, &keys_);
}

void PartitionFold::AcceptSegment(absl::string_view key,
                                  absl::optional<absl::string_view> value) {
  ++after_checkpoint_;
  Put(key, value, LateRecords::kUnknown, segments_.find(key), &segments_);
}

void PartitionFold::Put(absl::string_view key,
                        absl::optional<absl::string_view> value, Offset made_by,
                        Keys::iterator found, Keys* to) {
  if (found != to->end()) digest_ -= found->second.hash;
  if (!value.has_value()) {
    if (found != to->end()) to->erase(found);
    return;
  }
  const Live live = {RecordHash(key, *value), key.size() + value->size(),
                     made_by};
  digest_ += live.hash;
  if (found != to->end()) {
    found->second = live;
  } else {
    to->emplace(std::string(key), live);
  }
}

void PartitionFold::AcceptCheckpoint(const LogRecord& record) {
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpointRecord(record, &checkpoint);
  if (!status.ok()) {
    after_checkpoint_ = 0;
    problem_ = absl::StrCat("the record at offset ", record.offset.value(),
                            " is no checkpoint: ", status.message());
    verified_ = false;
    return;
  }
  if (late_.IsLate(checkpoint)) return;
  late_.Hold(checkpoint);
  checkpoint_offset_ = record.offset;
  after_checkpoint_ = 0;
  problem_.clear();
  verified_ =
      checkpoint.keys() == keys_.size() && checkpoint.digest() == digest_;
  committed_ms_ = record.timestamp_ms;
  ++writers_[checkpoint.writer()];
  passed_.push_back(checkpoint.next_offset());
  if (passed_.size() > kPassedKept) passed_.pop_front();
  checkpoint_ = std::move(checkpoint);
}

bool PartitionFold::TakenOnTrust() const {
  if (verified_ || !late_.plain()) return false;
  if (checkpoint_->dispositions().lost() > 0) return true;
  return late_.IsAnyDeletionAhead() ||
         absl::c_any_of(keys_, [this](const auto& key) {
           return late_.IsAhead(key.second.made_by);
         });
}

bool PartitionFold::Passed(Offset next) const {
  return std::find(passed_.begin(), passed_.end(), next.value()) !=
         passed_.end();
}

}  // namespace exactmean

// PartitionFold.

#include "tools/inspect/cluster/partition_fold.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "state/delivery_mode.h"
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
  ++after_checkpoint_;
  if (IsReservedKey(key)) return;
  const auto found = keys_.find(key);
  if (found != keys_.end()) digest_ -= found->second.hash;
  if (!record.value.has_value()) {
    if (found != keys_.end()) keys_.erase(found);
    return;
  }
  const Live live = {RecordHash(key, value), key.size() + value.size()};
  digest_ += live.hash;
  if (found != keys_.end()) {
    found->second = live;
  } else {
    keys_.emplace(std::string(key), live);
  }
}

void PartitionFold::AcceptCheckpoint(const LogRecord& record) {
  after_checkpoint_ = 0;
  results::Checkpoint checkpoint;
  const absl::Status status = DecodeCheckpointRecord(record, &checkpoint);
  if (!status.ok()) {
    problem_ = absl::StrCat("the record at offset ", record.offset.value(),
                            " is no checkpoint: ", status.message());
    verified_ = false;
    return;
  }
  // Of a former owner, who is late: a start passes over it.
  if (checkpoint_.has_value() &&
      ModeOf(*checkpoint_) != DeliveryMode::kExactlyOnce &&
      ModeOf(checkpoint) != DeliveryMode::kExactlyOnce &&
      checkpoint.next_offset() < checkpoint_->next_offset()) {
    return;
  }
  problem_.clear();
  verified_ =
      checkpoint.keys() == keys_.size() && checkpoint.digest() == digest_;
  committed_ms_ = record.timestamp_ms;
  ++writers_[checkpoint.writer()];
  passed_.push_back(checkpoint.next_offset());
  if (passed_.size() > kPassedKept) passed_.pop_front();
  checkpoint_ = std::move(checkpoint);
}

bool PartitionFold::Passed(Offset next) const {
  return std::find(passed_.begin(), passed_.end(), next.value()) !=
         passed_.end();
}

}  // namespace exactmean

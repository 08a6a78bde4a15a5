// PartitionState: the proof of what was read back.

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "state/counts.h"
#include "state/dispositions.h"
#include "state/partition_state.h"

namespace exactmean {
namespace {

uint64_t Sum(const results::Dispositions& d) {
  return RecordsOf(d) + d.absent() + d.lost();
}

}  // namespace

absl::Status PartitionState::CheckIdentity() const {
  const StateIdentity& own = pipeline_->identity;
  if (checkpoint_.application_id() != own.application_id) {
    return absl::FailedPreconditionError(
        absl::StrCat("it is the state of application \"",
                     absl::CHexEscape(checkpoint_.application_id()),
                     "\", not of \"", own.application_id,
                     "\". Give each application a results topic of its own"));
  }
  if (checkpoint_.input_topic() != own.input_topic) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it is the state of input topic \"",
        absl::CHexEscape(checkpoint_.input_topic()), "\", not of \"",
        own.input_topic,
        "\". Give another input a results topic and an application_id of its "
        "own"));
  }
  if (checkpoint_.input_partitions() != own.input_partitions) {
    return absl::FailedPreconditionError(DescribePartitionsChanged(
        own.input_topic, checkpoint_.input_partitions(), own.input_partitions));
  }
  if (checkpoint_.partition() != partition_.value()) {
    return absl::DataLossError(absl::StrCat("its checkpoint is of partition ",
                                            checkpoint_.partition()));
  }
  if (checkpoint_.fingerprint() != pipeline_->fingerprint.hash) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it was made under another configuration:\n",
        DescribeDifference(checkpoint_.fingerprint_text(),
                           pipeline_->fingerprint.text),
        "\nRestore these settings; or begin anew under the new ones: under "
        "EXACTLY_ONCE, while the input since the state's beginning is "
        "retained, with exactmean-inspect rewind --to_earliest --execute, else "
        "with a new application_id and results topic"));
  }
  return absl::OkStatus();
}

absl::Status PartitionState::CheckDigest(uint64_t keys, uint64_t digest) const {
  if (checkpoint_.keys() != keys) {
    return absl::DataLossError(absl::StrCat(
        "the topic holds ", Plural(keys, "key"), ", its checkpoint counts ",
        WithCommas(checkpoint_.keys())));
  }
  if (checkpoint_.digest() != digest) {
    return absl::DataLossError(absl::StrFormat(
        "the digest of %s is %016x, its checkpoint says %016x: a "
        "snapshot was lost, changed or added by another program",
        Plural(keys, "key"), digest, checkpoint_.digest()));
  }
  return absl::OkStatus();
}

// Without transactions it is the log as it was when the checkpoint was written
// that has to agree. It need not be there any more: compaction leaves of a key
// that was written again, ahead of the checkpoint, the newer snapshot alone.
absl::Status PartitionState::CheckProof() {
  if (ModeOf(checkpoint_) == DeliveryMode::kExactlyOnce) {
    const absl::Status proven = CheckDigest(live_keys_, digest_);
    if (!proven.ok()) return proven;
  } else {
    const absl::Status proven =
        CheckDigest(keys_at_checkpoint_, digest_at_checkpoint_);
    beyond_.proven = proven.ok();
    // A former owner may have had records that its successor took for lost.
    const bool may_differ =
        beyond_.ahead > 0 || checkpoint_.dispositions().lost() > 0;
    if (!proven.ok() &&
        (!may_differ || pipeline_->delivery == DeliveryMode::kExactlyOnce)) {
      return proven;
    }
  }
  const int64_t start = checkpoint_.start_offset();
  const int64_t next = checkpoint_.next_offset();
  if (start < 0 || next < start) {
    return absl::DataLossError(absl::StrFormat(
        "its checkpoint starts at %d and ends at %d: no offsets of a partition",
        start, next));
  }
  const EventTime stream_time(checkpoint_.stream_time().time());
  if (!IsAdmissible(Sample{0, stream_time})) {
    return absl::DataLossError(absl::StrFormat(
        "its checkpoint's stream time, %d, is that of no record",
        stream_time.value()));
  }
  const auto passed = static_cast<uint64_t>(next - start);
  if (Sum(checkpoint_.dispositions()) != passed) {
    return absl::DataLossError(absl::StrFormat(
        "its checkpoint passed %s and accounts for %d",
        Plural(passed, "offset"), Sum(checkpoint_.dispositions())));
  }
  return absl::OkStatus();
}

}  // namespace exactmean

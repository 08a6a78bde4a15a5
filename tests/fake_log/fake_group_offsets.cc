// Fencing and offsets of a fake consumer group.

#include "absl/strings/str_cat.h"
#include "tests/fake_log/fake_group.h"

namespace exactmean {

absl::Status FakeGroup::Check(const GroupToken& token) const {
  if (token.generation < 0 && token.member.empty() && token.instance.empty()) {
    return absl::OkStatus();
  }
  const Member* m = Find(token.member);
  if (m == nullptr) {
    return absl::AbortedError(
        absl::StrCat("group ", name_, ": unknown member '", token.member, "'"));
  }
  if (token.generation != generation_) {
    return absl::AbortedError(absl::StrCat(
        "group ", name_, ": generation ", token.generation, " of member ",
        token.member, " is stale, the group is at ", generation_));
  }
  return absl::OkStatus();
}

void FakeGroup::AddPending(ProducerId producer, Partition partition,
                           Offset offset, absl::string_view note) {
  pending_[producer][partition] = {offset, ++sequence_, std::string(note)};
}

void FakeGroup::EndTransaction(ProducerId producer, bool commit) {
  const auto pending = pending_.find(producer);
  if (pending == pending_.end()) return;
  if (commit) {
    for (const auto& [partition, offset] : pending->second) {
      Pending& committed = committed_[partition];
      if (committed.sequence < offset.sequence) committed = offset;
    }
  }
  pending_.erase(pending);
}

absl::StatusOr<absl::optional<Offset>> FakeGroup::Committed(
    Partition partition) const {
  for (const auto& [producer, offsets] : pending_) {
    if (offsets.count(partition) > 0) {
      return absl::UnavailableError(absl::StrCat(
          "group ", name_, ": the committed offset of ", topic_->name, "[",
          partition.value(), "] is unstable: a transaction is undecided"));
    }
  }
  return LastCommitted(partition);
}

absl::optional<Offset> FakeGroup::LastCommitted(Partition partition) const {
  const auto committed = committed_.find(partition);
  if (committed == committed_.end()) return absl::nullopt;
  return committed->second.offset;
}

std::string FakeGroup::Note(Partition partition) const {
  const auto committed = committed_.find(partition);
  return committed == committed_.end() ? "" : committed->second.note;
}

absl::optional<GroupToken> FakeGroup::CurrentToken() const {
  if (members_.empty() || generation_ == 0) return absl::nullopt;
  const Member& member = members_.front();
  return GroupToken{name_, generation_, member.id, member.spec.instance};
}

void FakeGroup::SetCommitted(Partition partition, absl::optional<Offset> offset,
                             absl::string_view note) {
  if (offset.has_value()) {
    committed_[partition] = {*offset, ++sequence_, std::string(note)};
  } else {
    committed_.erase(partition);
  }
}

}  // namespace exactmean

// Membership, fetching and reading of a simulated input log.

#include "tests/fake_log/fake_input_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

std::string Name(const std::string& topic, Partition partition) {
  return absl::StrCat(topic, "[", partition.value(), "]");
}

}  // namespace

absl::Status FakeInputLog::Subscribe(AssignmentListener* listener) {
  return plan_->Run(SeamCall::kSubscribe,
                    [&] { return DoSubscribe(listener); });
}

absl::StatusOr<absl::Span<const LogRecord>> FakeInputLog::Poll(
    absl::Duration /*timeout*/) {
  batch_.Invalidate();
  auto polled = plan_->Run(SeamCall::kPoll, [&] { return DoPoll(); });
  // The client's timer.
  if (commit_.has_value() && commit_->when == CommitWhen::kInTime &&
      !plan_->dead()) {
    DeliverOffsets();
  }
  if (polled.ok()) {
    for (const auto& [partition, position] : positions_) {
      owned_[partition].position = position;
    }
  }
  positions_.clear();
  return polled;
}

absl::StatusOr<OffsetRange> FakeInputLog::Range(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kRange, [&]() -> absl::StatusOr<OffsetRange> {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    return OffsetRange{(*found)->low(), (*found)->high()};
  });
}

absl::StatusOr<Offset> FakeInputLog::StableEnd(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kRange, [&]() -> absl::StatusOr<Offset> {
    const auto found = cluster_->FindPartition(options_.topic, partition);
    if (!found.ok()) return found.status();
    return (*found)->last_stable();
  });
}

absl::StatusOr<absl::optional<Offset>> FakeInputLog::FindTime(
    Partition partition, absl::Time time) {
  batch_.Invalidate();
  return plan_->Run(
      SeamCall::kRange, [&]() -> absl::StatusOr<absl::optional<Offset>> {
        const auto found = cluster_->FindPartition(options_.topic, partition);
        if (!found.ok()) return found.status();
        return (*found)->FindTime(time);
      });
}

absl::StatusOr<absl::optional<LogRecord>> FakeInputLog::ReadAt(
    Partition partition, Offset offset) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kReadAt,
                    [&] { return DoReadAt(partition, offset); });
}

absl::Status FakeInputLog::ResumeAt(Partition partition, Offset offset) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kResumeAt,
                    [&] { return DoResumeAt(partition, offset); });
}

absl::Status FakeInputLog::Pause(Partition partition) {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kPause, [&] { return DoPause(partition); });
}

absl::StatusOr<GroupToken> FakeInputLog::Token() {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kToken, [&] { return DoToken(); });
}

absl::StatusOr<TopicIdentity> FakeInputLog::Describe() {
  batch_.Invalidate();
  return plan_->Run(
      SeamCall::kDescribe, [&]() -> absl::StatusOr<TopicIdentity> {
        const auto found = cluster_->FindTopic(options_.topic);
        if (!found.ok()) return found.status();
        return TopicIdentity{absl::StrCat((*found)->id), (*found)->count()};
      });
}

absl::Status FakeInputLog::Close() {
  batch_.Invalidate();
  return plan_->Run(SeamCall::kCloseInput, [&] { return DoClose(); });
}

absl::Status FakeInputLog::DoSubscribe(AssignmentListener* listener) {
  const auto found = cluster_->FindTopic(options_.topic);
  if (!found.ok()) return found.status();
  topic_ = *found;
  group_ = &cluster_->group(options_.group, options_.topic);
  listener_ = listener;
  member_ = group_->Enter(
      {options_.client, options_.instance, options_.session_timeout},
      cluster_->now());
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<const LogRecord>> FakeInputLog::DoPoll() {
  if (group_ == nullptr) return absl::InternalError("Poll before Subscribe");
  if (!fatal_.ok()) return fatal_;
  if (!plan_->cut_off_from_group()) {
    absl::Status status = ServeGroup();
    if (!status.ok()) return status;
  }
  absl::Status status = CheckPositions();
  if (!status.ok()) return status;
  Fetch();
  return batch_.Finish();
}

absl::Status FakeInputLog::ServeGroup() {
  switch (group_->Heartbeat(member_, options_.instance, cluster_->now())) {
    case FakeGroup::Answer::kFenced:
      fatal_ = absl::FailedPreconditionError(absl::StrCat(
          "group ", options_.group, ": instance ", options_.instance,
          " is fenced: a newer member has taken its place"));
      LoseAll();
      return fatal_;
    case FakeGroup::Answer::kUnknownMember:
      LoseAll();
      if (plan_->dead()) return absl::OkStatus();
      return DoSubscribe(listener_);
    case FakeGroup::Answer::kRejoin:
      if (!options_.cooperative) Revoke(owned());
      if (plan_->dead()) return absl::OkStatus();
      group_->Join(member_, owned());
      break;
    case FakeGroup::Answer::kStable:
    case FakeGroup::Answer::kWait:
      break;
  }
  generation_ = group_->Generation(member_);
  if (generation_ != synced_ && !group_->rebalancing()) Sync();
  return absl::OkStatus();
}

void FakeInputLog::Sync() {
  synced_ = generation_;
  std::vector<Partition> target = group_->Assigned(member_);
  std::sort(target.begin(), target.end());
  const std::vector<Partition> held = owned();
  std::vector<Partition> revoked;
  std::vector<Partition> assigned;
  std::set_difference(held.begin(), held.end(), target.begin(), target.end(),
                      std::back_inserter(revoked));
  std::set_difference(target.begin(), target.end(), held.begin(), held.end(),
                      std::back_inserter(assigned));
  Revoke(revoked);
  if (plan_->dead()) return;
  // What was given up becomes free with the next generation, for which the
  // member asks if it still is one.
  if (!revoked.empty() && group_->Generation(member_) >= 0) {
    group_->StartRebalance();
  }
  if (assigned.empty()) return;
  for (const Partition partition : assigned) owned_[partition] = Owned();
  listener_->OnAssigned(assigned);
}

void FakeInputLog::Revoke(const std::vector<Partition>& partitions) {
  if (partitions.empty()) return;
  listener_->OnRevoked(partitions);
  if (plan_->dead()) return;
  for (const Partition partition : partitions) owned_.erase(partition);
}

void FakeInputLog::LoseAll() {
  generation_ = -1;
  synced_ = -1;
  member_.clear();
  if (owned_.empty()) return;
  lost_ = true;
  listener_->OnLost(owned());
  lost_ = false;
  owned_.clear();
}

absl::Status FakeInputLog::CheckPositions() {
  for (auto& [partition, owned] : owned_) {
    if (!owned.resumed || owned.out_of_range) continue;
    const FakePartition& log = At(partition);
    if (owned.position >= log.low() && owned.position <= log.high()) continue;
    owned.out_of_range = true;
    return absl::OutOfRangeError(
        absl::StrCat(Name(options_.topic, partition), ": offset ",
                     owned.position.value(), " is not in the log, which holds ",
                     log.low().value(), " to ", log.high().value()));
  }
  return absl::OkStatus();
}

void FakeInputLog::Fetch() {
  if (owned_.empty()) return;
  const int again = plan_->TakeRedelivery();
  auto it = std::next(owned_.begin(),
                      static_cast<std::ptrdiff_t>(turn_++ % owned_.size()));
  for (size_t i = 0; i < owned_.size(); ++i, ++it) {
    if (it == owned_.end()) it = owned_.begin();
    const auto& [partition, owned] = *it;
    const size_t room = options_.max_poll_records - batch_.size();
    if (room == 0) break;
    if (!owned.resumed || owned.out_of_range) continue;
    const FakePartition& log = At(partition);
    const Offset from = log.StepBack(owned.position, again);
    const Offset position = log.ReadCommitted(
        from, room, [&, p = partition](const FakeRecord& record) {
          batch_.Add(p, record);
        });
    positions_.emplace_back(partition, std::max(position, owned.position));
  }
}

absl::StatusOr<absl::optional<LogRecord>> FakeInputLog::DoReadAt(
    Partition partition, Offset offset) {
  const auto found = cluster_->FindPartition(options_.topic, partition);
  if (!found.ok()) return found.status();
  const FakePartition& log = **found;
  if (offset < log.low() || offset > log.high()) {
    return absl::OutOfRangeError(
        absl::StrCat(Name(options_.topic, partition), ": offset ",
                     offset.value(), " is not in the log, which holds ",
                     log.low().value(), " to ", log.high().value()));
  }
  log.ReadCommitted(offset, 1, [&](const FakeRecord& record) {
    batch_.Add(partition, record);
  });
  const absl::Span<const LogRecord> read = batch_.Finish();
  if (read.empty()) return absl::optional<LogRecord>();
  return absl::optional<LogRecord>(read[0]);
}

absl::StatusOr<FakeInputLog::Owned*> FakeInputLog::FindOwned(
    Partition partition) {
  const auto found = owned_.find(partition);
  if (found != owned_.end()) return &found->second;
  return absl::InternalError(
      absl::StrCat(Name(options_.topic, partition), " is not assigned"));
}

absl::Status FakeInputLog::DoResumeAt(Partition partition, Offset offset) {
  absl::StatusOr<Owned*> owned = FindOwned(partition);
  if (!owned.ok()) return owned.status();
  **owned = Owned{offset, /*resumed=*/true};
  return absl::OkStatus();
}

absl::Status FakeInputLog::DoPause(Partition partition) {
  absl::StatusOr<Owned*> owned = FindOwned(partition);
  if (!owned.ok()) return owned.status();
  (*owned)->resumed = false;
  return absl::OkStatus();
}

absl::Status FakeInputLog::DoClose() {
  if (group_ == nullptr || !fatal_.ok()) return absl::OkStatus();
  Revoke(owned());
  if (plan_->dead()) return absl::OkStatus();
  if (options_.instance.empty() && !plan_->cut_off_from_group()) {
    group_->Leave(member_);
  }
  fatal_ = absl::InternalError("the input log is closed");
  return absl::OkStatus();
}

std::vector<Partition> FakeInputLog::owned() const {
  std::vector<Partition> partitions;
  partitions.reserve(owned_.size());
  for (const auto& [partition, owned] : owned_) partitions.push_back(partition);
  return partitions;
}

}  // namespace exactmean

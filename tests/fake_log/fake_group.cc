// Membership and assignment of a fake consumer group.

#include "tests/fake_log/fake_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {
namespace {

bool Contains(const std::vector<Partition>& partitions, Partition partition) {
  return std::find(partitions.begin(), partitions.end(), partition) !=
         partitions.end();
}

}  // namespace

FakeGroup::Member* FakeGroup::Find(const std::string& member) {
  for (Member& m : members_) {
    if (m.id == member) return &m;
  }
  return nullptr;
}

const FakeGroup::Member* FakeGroup::Find(const std::string& member) const {
  return const_cast<FakeGroup*>(this)->Find(member);
}

const FakeGroup::Member* FakeGroup::FindInstance(
    const std::string& instance) const {
  for (const Member& m : members_) {
    if (!instance.empty() && m.spec.instance == instance) return &m;
  }
  return nullptr;
}

std::string FakeGroup::Enter(const MemberSpec& spec, absl::Time now) {
  std::string id = absl::StrCat(spec.client, "-", ++ids_);
  for (Member& m : members_) {
    if (spec.instance.empty() || m.spec.instance != spec.instance) continue;
    m.id = id;
    m.spec = spec;
    m.seen = now;
    m.joined = false;
    m.claimed.clear();
    return id;
  }
  Member member;
  member.id = id;
  member.spec = spec;
  member.seen = now;
  const auto place =
      std::upper_bound(members_.begin(), members_.end(), spec.client,
                       [](const std::string& client, const Member& m) {
                         return client < m.spec.client;
                       });
  members_.insert(place, std::move(member));
  StartRebalance();
  return id;
}

FakeGroup::Answer FakeGroup::Heartbeat(const std::string& member,
                                       const std::string& instance,
                                       absl::Time now) {
  Member* m = Find(member);
  if (m == nullptr) {
    return FindInstance(instance) != nullptr ? Answer::kFenced
                                             : Answer::kUnknownMember;
  }
  m->seen = now;
  if (!rebalancing_) return Answer::kStable;
  return m->joined ? Answer::kWait : Answer::kRejoin;
}

void FakeGroup::Join(const std::string& member,
                     std::vector<Partition> claimed) {
  Member* m = Find(member);
  if (m == nullptr || !rebalancing_) return;
  m->joined = true;
  m->claimed = std::move(claimed);
  MaybeComplete();
}

template <typename Predicate>
void FakeGroup::RemoveIf(Predicate predicate) {
  const auto gone = std::remove_if(members_.begin(), members_.end(), predicate);
  if (gone == members_.end()) return;
  members_.erase(gone, members_.end());
  StartRebalance();
  MaybeComplete();
}

void FakeGroup::Leave(const std::string& member) {
  RemoveIf([&](const Member& m) { return m.id == member; });
}

void FakeGroup::Expire(const std::string& client) {
  RemoveIf([&](const Member& m) { return m.spec.client == client; });
}

void FakeGroup::ExpireSilent(absl::Time now) {
  RemoveIf(
      [&](const Member& m) { return now - m.seen >= m.spec.session_timeout; });
}

void FakeGroup::RestartSessions(absl::Time now) {
  for (Member& m : members_) m.seen = now;
}

int32_t FakeGroup::Generation(const std::string& member) const {
  const Member* m = Find(member);
  return m == nullptr ? -1 : m->generation;
}

std::vector<Partition> FakeGroup::Assigned(const std::string& member) const {
  const Member* m = Find(member);
  return m == nullptr ? std::vector<Partition>() : m->assigned;
}

std::vector<std::string> FakeGroup::Owners(Partition partition) const {
  std::vector<std::string> owners;
  for (const Member& m : members_) {
    if (Contains(m.assigned, partition)) owners.push_back(m.spec.client);
  }
  return owners;
}

void FakeGroup::StartRebalance() {
  if (rebalancing_) return;
  rebalancing_ = true;
  for (Member& m : members_) m.joined = false;
}

void FakeGroup::Force(
    std::map<std::string, std::vector<Partition>> assignment) {
  forced_ = std::move(assignment);
  StartRebalance();
  MaybeComplete();
}

void FakeGroup::MaybeComplete() {
  const bool complete =
      rebalancing_ && std::all_of(members_.begin(), members_.end(),
                                  [](const Member& m) { return m.joined; });
  if (!complete) return;
  rebalancing_ = false;
  ++generation_;
  std::vector<std::vector<Partition>> targets = Targets();
  WithholdClaimed(&targets);
  for (size_t i = 0; i < members_.size(); ++i) {
    members_[i].generation = generation_;
    members_[i].assigned = std::move(targets[i]);
  }
}

std::vector<std::vector<Partition>> FakeGroup::Targets() const {
  if (forced_.empty()) return BalancedTargets();
  std::vector<std::vector<Partition>> targets(members_.size());
  for (size_t i = 0; i < members_.size(); ++i) {
    const auto forced = forced_.find(members_[i].spec.client);
    if (forced != forced_.end()) targets[i] = forced->second;
  }
  return targets;
}

std::vector<std::vector<Partition>> FakeGroup::BalancedTargets() const {
  std::vector<std::vector<Partition>> targets(members_.size());
  if (members_.empty()) return targets;
  const auto count = static_cast<size_t>(topic_->count());
  const size_t share = count / members_.size();
  size_t larger = count % members_.size();  // members that get one more
  std::vector<bool> given(count, false);
  const auto give = [&](size_t i, Partition p) {
    if (targets[i].size() == share) {
      if (larger == 0) return;
      --larger;
    } else if (targets[i].size() > share) {
      return;
    }
    targets[i].push_back(p);
    given[static_cast<size_t>(p.value())] = true;
  };
  for (size_t i = 0; i < members_.size(); ++i) {
    for (const Partition p : members_[i].claimed) {
      if (topic_->Has(p) && !given[static_cast<size_t>(p.value())]) give(i, p);
    }
  }
  size_t i = 0;
  for (size_t p = 0; p < count; ++p) {
    for (; !given[p]; i = (i + 1) % members_.size()) {
      give(i, Partition(static_cast<int32_t>(p)));
    }
  }
  for (auto& target : targets) std::sort(target.begin(), target.end());
  return targets;
}

void FakeGroup::WithholdClaimed(
    std::vector<std::vector<Partition>>* targets) const {
  for (size_t i = 0; i < members_.size(); ++i) {
    std::vector<Partition>& target = (*targets)[i];
    const auto claimed_by_another = [&](Partition p) {
      for (size_t j = 0; j < members_.size(); ++j) {
        if (j != i && Contains(members_[j].claimed, p)) return true;
      }
      return false;
    };
    target.erase(
        std::remove_if(target.begin(), target.end(), claimed_by_another),
        target.end());
  }
}

}  // namespace exactmean

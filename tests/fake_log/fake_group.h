// One consumer group in memory: its members and generations, who is assigned
// what, and its committed offsets with those of undecided transactions.

#ifndef EXACTMEAN_TESTS_FAKE_LOG_FAKE_GROUP_H_
#define EXACTMEAN_TESTS_FAKE_LOG_FAKE_GROUP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/log.h"
#include "state/types.h"
#include "tests/fake_log/fake_topic.h"

namespace exactmean {

// The coordinator's side of the classic group protocol, for a group that reads
// one topic. A rebalance begins when a member comes or goes; it completes, with
// a new generation, once every member has joined it. Until then the former
// generation may still commit. A partition that a cooperative member claims on
// joining is given to no other member in that generation.
class FakeGroup {
 public:
  struct MemberSpec {
    std::string client;    // the test's name for it: of no meaning to Kafka
    std::string instance;  // empty: a dynamic member
    absl::Duration session_timeout;
  };
  enum class Answer { kStable, kRejoin, kWait, kUnknownMember, kFenced };

  FakeGroup(std::string name, const FakeTopic* topic)
      : name_(std::move(name)), topic_(topic) {}
  FakeGroup(const FakeGroup&) = delete;
  FakeGroup& operator=(const FakeGroup&) = delete;

  // --- For members.

  // Admits a member and returns its id. With the instance of a present member
  // it takes that one's place, assignment included, and fences it.
  std::string Enter(const MemberSpec& spec, absl::Time now);
  // Keeps the session alive; what the member has to do now.
  Answer Heartbeat(const std::string& member, const std::string& instance,
                   absl::Time now);
  // The member takes part in the rebalance, holding on to `claimed`.
  void Join(const std::string& member, std::vector<Partition> claimed);
  void Leave(const std::string& member);
  // Of the last rebalance that completed with this member; -1: none.
  int32_t Generation(const std::string& member) const;
  std::vector<Partition> Assigned(const std::string& member) const;
  // A member asks for another rebalance: Kafka's join while stable.
  void StartRebalance();

  // --- Offsets. `offset` is the next to read.

  // What fences zombies: kAborted for a member or generation that is not the
  // group's any more; so for a static member whose place was taken. As the
  // broker does, accepts the empty token of a writer outside of the group.
  absl::Status Check(const GroupToken& token) const;
  void AddPending(ProducerId producer, Partition partition, Offset offset,
                  absl::string_view note);
  void EndTransaction(ProducerId producer, bool commit);
  // kUnavailable while a transaction that moves it is undecided.
  absl::StatusOr<absl::optional<Offset>> Committed(Partition partition) const;
  // Whatever is undecided: what a reader that does not ask for stable offsets
  // gets.
  absl::optional<Offset> LastCommitted(Partition partition) const;
  // What was left with that; empty when there is none.
  std::string Note(Partition partition) const;
  // An administrator's hand, or another program's; nullopt deletes.
  void SetCommitted(Partition partition, absl::optional<Offset> offset,
                    absl::string_view note = "");

  // --- For tests.

  // Ends the session of the member(s) of this client: what a broker does to a
  // processor it has not heard of.
  void Expire(const std::string& client);
  // Ends sessions that have run out.
  void ExpireSilent(absl::Time now);
  // From the next rebalance on, which it starts, clients get exactly this; an
  // empty map brings the default back: shares that differ by one at most,
  // moving as few partitions as it takes, in the order of the members' names.
  void Force(std::map<std::string, std::vector<Partition>> assignment);

  // Another coordinator takes over: each session begins anew.
  void RestartSessions(absl::Time now);
  // That of a member of the present generation; nullopt: there is none.
  absl::optional<GroupToken> CurrentToken() const;

  int32_t generation() const { return generation_; }
  bool rebalancing() const { return rebalancing_; }
  size_t member_count() const { return members_.size(); }
  // The clients this partition is assigned to: one at most.
  std::vector<std::string> Owners(Partition partition) const;

 private:
  struct Member {
    std::string id;
    MemberSpec spec;
    absl::Time seen;
    bool joined = false;
    int32_t generation = -1;
    std::vector<Partition> claimed;
    std::vector<Partition> assigned;
  };
  struct Pending {
    Offset offset;
    int64_t sequence = 0;
    std::string note;
  };

  Member* Find(const std::string& member);
  const Member* Find(const std::string& member) const;
  const Member* FindInstance(const std::string& instance) const;
  template <typename Predicate>
  void RemoveIf(Predicate predicate);
  void MaybeComplete();
  std::vector<std::vector<Partition>> Targets() const;
  std::vector<std::vector<Partition>> BalancedTargets() const;
  void WithholdClaimed(std::vector<std::vector<Partition>>* targets) const;

  std::string name_;
  const FakeTopic* topic_;
  std::vector<Member> members_;  // by the name of the client, then by age
  int32_t generation_ = 0;
  bool rebalancing_ = false;
  int64_t ids_ = 0;
  std::map<std::string, std::vector<Partition>> forced_;

  // As in the broker's offsets log, the later written wins, whichever of two
  // transactions is decided first.
  int64_t sequence_ = 0;
  std::map<Partition, Pending> committed_;
  std::map<ProducerId, std::map<Partition, Pending>> pending_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FAKE_LOG_FAKE_GROUP_H_

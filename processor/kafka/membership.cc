// The rebalance protocol of a consumer.

#include "processor/kafka/membership.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "glog/logging.h"
#include "processor/kafka/client.h"
#include "processor/kafka/offset_list.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kMetadataTimeout = absl::Seconds(1);

bool IsCooperative(rd_kafka_t* client) {
  const char* protocol = rd_kafka_rebalance_protocol(client);
  return protocol != nullptr && absl::string_view(protocol) == "COOPERATIVE";
}

absl::Status TakeStatus(rd_kafka_error_t* error, absl::string_view what) {
  const ErrorHandle owner(error);
  return ToStatus(error, what);
}

}  // namespace

void Membership::Install(rd_kafka_conf_t* conf) {
  rd_kafka_conf_set_rebalance_cb(conf, &Membership::OnRebalance);
  rd_kafka_conf_set_error_cb(conf, &Membership::OnError);
  rd_kafka_conf_set_offset_commit_cb(conf, &Membership::OnCommit);
}

Membership::State Membership::StateOf(Partition partition) const {
  const auto i = static_cast<size_t>(partition.value());
  return i < states_.size() ? states_[i] : State::kNone;
}

void Membership::SetState(const std::vector<Partition>& partitions,
                          State state) {
  for (const Partition partition : partitions) {
    const auto i = static_cast<size_t>(partition.value());
    if (i >= states_.size()) states_.resize(i + 1, State::kNone);
    states_[i] = state;
    // Another may commit from now on.
    if (state == State::kNone && i < committed_.size()) {
      committed_[i] = Offset(0);
    }
  }
}

void Membership::set_flows(Partition partition, bool flows) {
  SetState({partition}, flows ? State::kFlowing : State::kPaused);
}

void Membership::AddError(const absl::Status& error) { error_.Update(error); }

absl::Status Membership::TakeError() {
  absl::Status error = std::move(error_);
  error_ = absl::OkStatus();
  return error;
}

void Membership::OnCommit(rd_kafka_t* /*client*/, rd_kafka_resp_err_t error,
                          rd_kafka_topic_partition_list_t* offsets,
                          void* opaque) {
  // Nothing new to commit, which is no error of this timer's turn.
  if (error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  auto* self = static_cast<Membership*>(opaque);
  self->commit_error_.Update(ToStatus(error, "commit of offsets"));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || offsets == nullptr) return;
  for (int i = 0; i < offsets->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = offsets->elems[i];
    self->commit_error_.Update(ToStatus(one.err, "commit of offsets"));
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || one.offset < 0) continue;
    const auto p = static_cast<size_t>(one.partition);
    if (p >= self->committed_.size()) self->committed_.resize(p + 1);
    self->committed_[p] = Offset(one.offset);
  }
}

bool Membership::IsCommitted(Partition partition, Offset next) const {
  const auto p = static_cast<size_t>(partition.value());
  return p < committed_.size() && committed_[p] >= next;
}

absl::Status Membership::TakeCommitError() {
  return std::exchange(commit_error_, absl::OkStatus());
}

void Membership::LoseAll() {
  std::vector<Partition> lost;
  for (size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] != State::kNone) {
      lost.emplace_back(static_cast<int32_t>(i));
    }
  }
  SetState(lost, State::kNone);
  if (listener_ != nullptr && !lost.empty()) listener_->OnLost(lost);
}

PartitionListHandle Membership::ListOf(absl::Span<const Partition> partitions,
                                       Offset offset) const {
  return PartitionList(topic_, partitions, offset);
}

void Membership::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event,
                             rd_kafka_topic_partition_list_t* partitions,
                             void* opaque) {
  auto* self = static_cast<Membership*>(opaque);
  const bool cooperative = IsCooperative(client);
  std::vector<Partition> changed;
  for (int i = 0; i < partitions->cnt; ++i) {
    changed.emplace_back(partitions->elems[i].partition);
  }
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self->Assign(client, cooperative, changed);
    return;
  }
  if (event != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) {
    self->AddError(ToStatus(event, "rebalance"));
  }
  self->Revoke(client, cooperative, changed);
}

// librdkafka would begin to fetch at once, from the committed offset. So each
// partition is paused before it is assigned (its flag outlives that), at an
// explicit offset, which ResumeAt will replace.
//
// Never after: rd_kafka_pause_partitions waits without a limit for an answer
// that is thrown away as outdated if, meanwhile, librdkafka's own thread
// starts, stops or pauses the partition: as it does after an assignment, while
// closing, and when a rebalance begins. (The latter may meet a pause or resume
// of ours at other times: the watchdog ends that.)
void Membership::Assign(rd_kafka_t* client, bool cooperative,
                        const std::vector<Partition>& partitions) {
  const PartitionListHandle list = ListOf(partitions);
  if (!closing_) PauseUnassigned(client, list.get());
  const absl::Status assigned =
      cooperative ? TakeStatus(rd_kafka_incremental_assign(client, list.get()),
                               "incremental assignment")
                  : ToStatus(rd_kafka_assign(client, list.get()), "assignment");
  if (!assigned.ok()) {
    AddError(assigned);
    return;
  }
  if (closing_) return;
  SetState(partitions, State::kPaused);
  if (listener_ != nullptr && !partitions.empty()) {
    listener_->OnAssigned(partitions);
  }
}

void Membership::PauseUnassigned(
    rd_kafka_t* client, rd_kafka_topic_partition_list_t* partitions) const {
  const auto paused = [&] {
    rd_kafka_pause_partitions(client, partitions);
    return std::all_of(partitions->elems, partitions->elems + partitions->cnt,
                       [](const rd_kafka_topic_partition_t& one) {
                         return one.err == RD_KAFKA_RESP_ERR_NO_ERROR;
                       });
  };
  if (paused()) return;
  // Who assigns may have heard of new partitions before this client has.
  const auto count = FetchPartitionCount(client, topic_, kMetadataTimeout);
  if (count.ok() && paused()) return;
  LOG(WARNING) << "partitions of " << topic_
               << " that this client does not know yet are fetched in vain "
                  "until they are restored";
}

void Membership::Revoke(rd_kafka_t* client, bool cooperative,
                        const std::vector<Partition>& partitions) {
  std::vector<Partition> given_up;
  std::copy_if(partitions.begin(), partitions.end(),
               std::back_inserter(given_up),
               [this](Partition partition) { return held(partition); });
  const bool lost =
      rd_kafka_assignment_lost(client) != 0 ||
      rd_kafka_fatal_error(client, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
  if (listener_ != nullptr && !given_up.empty()) {
    // Before librdkafka lets go of them: a commit is accepted until then.
    if (lost) {
      listener_->OnLost(given_up);
    } else {
      listener_->OnRevoked(given_up);
    }
  }
  SetState(given_up, State::kNone);
  const PartitionListHandle list = ListOf(partitions);
  AddError(cooperative
               ? TakeStatus(rd_kafka_incremental_unassign(client, list.get()),
                            "incremental unassignment")
               : ToStatus(rd_kafka_assign(client, nullptr), "unassignment"));
}

void Membership::OnError(rd_kafka_t* client, int error, const char* text,
                         void* opaque) {
  auto* self = static_cast<Membership*>(opaque);
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    self->AddError(FatalStatus(client, "consumer"));
  } else if (CodeOf(code) == absl::StatusCode::kPermissionDenied) {
    self->AddError(ToStatus(code, "consumer", text));
  } else {
    LOG_EVERY_T(WARNING, 1)
        << "consumer: " << text << " (" << rd_kafka_err2name(code) << ")";
  }
}

}  // namespace exactmean

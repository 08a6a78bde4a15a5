// Epochs, decisions and markers of the fake transaction coordinator.

#include "tests/fake_log/fake_coordinator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace exactmean {

FakeProducer FakeCoordinator::Init(absl::string_view transactional_id,
                                   absl::Duration timeout) {
  auto found = std::find_if(
      producers_.begin(), producers_.end(),
      [&](const auto& p) { return p.transactional_id == transactional_id; });
  if (found == producers_.end()) {
    found = producers_.emplace(producers_.end());
    found->transactional_id =
        std::string(transactional_id.data(), transactional_id.size());
  }
  const auto id = static_cast<ProducerId>(found - producers_.begin() + 1);
  Decide(id, /*commit=*/false);
  FinishMarkers(id);
  found->timeout = timeout;
  return {id, ++found->epoch};
}

absl::Status FakeCoordinator::Check(const FakeProducer& producer) const {
  const Producer& p = producers_[static_cast<size_t>(producer.producer) - 1];
  if (p.epoch == producer.epoch) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "transactional id ", p.transactional_id, ": epoch ", producer.epoch,
      " is fenced, the coordinator is at ", p.epoch));
}

absl::Status FakeCoordinator::Touch(const FakeProducer& producer,
                                    absl::Time now) {
  absl::Status status = Check(producer);
  if (!status.ok()) return status;
  Producer& p = Get(producer.producer);
  if (p.open) return absl::OkStatus();
  FinishMarkers(producer.producer);
  p.open = true;
  p.since = now;
  return absl::OkStatus();
}

absl::Status FakeCoordinator::Add(const FakeProducer& producer,
                                  FakePartition* partition, absl::Time now) {
  absl::Status status = Touch(producer, now);
  if (!status.ok()) return status;
  auto& touched = Get(producer.producer).partitions;
  if (std::find(touched.begin(), touched.end(), partition) == touched.end()) {
    touched.push_back(partition);
  }
  return absl::OkStatus();
}

absl::Status FakeCoordinator::Add(const FakeProducer& producer,
                                  FakeGroup* group, absl::Time now) {
  absl::Status status = Touch(producer, now);
  if (!status.ok()) return status;
  auto& touched = Get(producer.producer).groups;
  if (std::find(touched.begin(), touched.end(), group) == touched.end()) {
    touched.push_back(group);
  }
  return absl::OkStatus();
}

absl::Status FakeCoordinator::End(const FakeProducer& producer, bool commit) {
  absl::Status status = Check(producer);
  if (!status.ok()) return status;
  Decide(producer.producer, commit);
  return absl::OkStatus();
}

void FakeCoordinator::AbortTimedOut(absl::Time now) {
  for (size_t i = 0; i < producers_.size(); ++i) {
    Producer& p = producers_[i];
    if (!p.open || now - p.since < p.timeout) continue;
    Decide(static_cast<ProducerId>(i + 1), /*commit=*/false);
    ++p.epoch;
  }
}

void FakeCoordinator::Decide(ProducerId producer, bool commit) {
  Producer& p = Get(producer);
  if (!p.open) return;
  p.open = false;
  for (FakePartition* partition : p.partitions) {
    markers_.push_back({producer, partition, nullptr, commit});
  }
  for (FakeGroup* group : p.groups) {
    markers_.push_back({producer, nullptr, group, commit});
  }
  p.partitions.clear();
  p.groups.clear();
  if (!manual_markers_) FinishMarkers(producer);
}

void FakeCoordinator::WriteMarker(size_t index) {
  const Marker marker = markers_[index];
  markers_.erase(markers_.begin() + static_cast<std::ptrdiff_t>(index));
  if (marker.partition != nullptr) {
    marker.partition->EndTransaction(marker.producer, marker.commit);
  } else {
    marker.group->EndTransaction(marker.producer, marker.commit);
  }
}

void FakeCoordinator::FinishMarkers(ProducerId producer) {
  for (size_t i = 0; i < markers_.size();) {
    if (markers_[i].producer == producer) {
      WriteMarker(i);
    } else {
      ++i;
    }
  }
}

}  // namespace exactmean

// Offsets, checkpoints, and two topics side by side.

#include "tests/chaos/drain.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

// The last offset is a record's: nobody commits what follows it, an aborted
// transaction or a marker.
absl::Status WriteLast(ChaosWorld* world) {
  std::vector<Record> last(static_cast<size_t>(world->partitions));
  for (int32_t p = 0; p < world->partitions; ++p) {
    last[static_cast<size_t>(p)].partition = Partition(p);
    last[static_cast<size_t>(p)].key = "last";
    last[static_cast<size_t>(p)].value = "1";
  }
  const auto writer = Writer::Create(world->kafka->internal_servers());
  if (!writer.ok()) return writer.status();
  return (*writer)->Write(world->input, last);
}

absl::Status CheckDrained(ChaosWorld* world, BrokerClient* client,
                          const std::string& group, int32_t partition) {
  const auto end = client->EndOffset(world->input, Partition(partition),
                                     Isolation::kCommitted);
  if (!end.ok()) return end.status();
  const auto committed =
      client->CommittedOffset(group, world->input, Partition(partition));
  if (!committed.ok()) return committed.status();
  const int64_t at = committed->value_or(Offset(-1)).value();
  const int64_t seen =
      group == world->application
          ? world->observer->Look()[static_cast<size_t>(partition)].next_offset
          : at;
  if (seen == end->value() && at == seen) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat(
      "partition ", partition, ": the checkpoint is at ", seen, ", the group ",
      group, " at ", at, ", the input ends at ", end->value()));
}

// Of every key but the reserved ones; deleted keys are not there.
using View = std::map<std::pair<Partition, std::string>, std::string>;

absl::StatusOr<View> ReadView(BrokerClient* client, const std::string& topic) {
  const auto records = client->ReadTopic(topic);
  if (!records.ok()) return records.status();
  View view;
  for (const Record& record : *records) {
    const std::string key = record.key.value_or("");
    if (IsReservedKey(key)) continue;
    if (record.value.has_value()) {
      view[{record.partition, key}] = *record.value;
    } else {
      view.erase({record.partition, key});
    }
  }
  return view;
}

}  // namespace

absl::Status Drain(ChaosWorld* world, const std::string& other,
                   absl::Duration patience) {
  absl::Status status = WriteLast(world);
  const absl::Time deadline = absl::Now() + patience;
  for (const std::string& group : {world->application, other}) {
    for (int32_t p = 0; p < world->partitions && status.ok(); ++p) {
      do {
        // A new client each time: see ChaosWorld::Administer.
        const auto client =
            BrokerClient::Create(world->kafka->internal_servers());
        status = client.ok() ? CheckDrained(world, client->get(), group, p)
                             : client.status();
      } while (!status.ok() && absl::Now() < deadline);
    }
  }
  return status;
}

absl::Status CheckAgreement(ChaosWorld* world, const std::string& other) {
  const auto client = BrokerClient::Create(world->kafka->internal_servers());
  if (!client.ok()) return client.status();
  const auto ours = ReadView(client->get(), world->results);
  if (!ours.ok()) return ours.status();
  const auto theirs = ReadView(client->get(), other);
  if (!theirs.ok()) return theirs.status();
  if (ours->empty()) return absl::DataLossError("there are no results");
  if (*ours == *theirs) return absl::OkStatus();
  const auto differ =
      std::mismatch(ours->begin(), ours->end(), theirs->begin(), theirs->end())
          .first;
  return absl::DataLossError(
      absl::StrCat(world->results, " has ", ours->size(), " keys, ", other,
                   " has ", theirs->size(), "; the first that differs: ",
                   differ == ours->end()
                       ? "after the last"
                       : absl::StrCat(differ->first.second, " in partition ",
                                      differ->first.first.value())));
}

}  // namespace exactmean

// CheckClients.

#include "processor/kafka/client_check.h"

#include "processor/kafka/client.h"
#include "processor/kafka/properties.h"

namespace exactmean {

absl::Status CheckClients(const KafkaOptions& options) {
  for (const ClientKind kind :
       {ClientKind::kGroupMember, ClientKind::kReader, ClientKind::kPointReader,
        ClientKind::kWatermarks, ClientKind::kProducer, ClientKind::kAdmin}) {
    const absl::Status status = NewClient(options, kind).status();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace exactmean

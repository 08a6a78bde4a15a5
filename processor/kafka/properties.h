// The librdkafka properties of each kind of client. What exactly-once rests on
// is written out here, none of it left to a default, and cannot be overridden.

#ifndef EXACTMEAN_PROCESSOR_KAFKA_PROPERTIES_H_
#define EXACTMEAN_PROCESSOR_KAFKA_PROPERTIES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "processor/kafka/options.h"

namespace exactmean {

enum class ClientKind {
  kGroupMember,        // reads the input as a member of the group
  kReader,             // reads whole partitions, read committed
  kUncommittedReader,  // the same, open and aborted transactions included
  kPointReader,        // reads single records, read committed
  kWatermarks,         // asks for offsets, open transactions included
  kProducer,           // transactional
  kAdmin,              // describes and creates topics
};

using Properties = std::map<std::string, std::string>;

// kInvalidArgument: one of the user's properties is not theirs to set; the
// message names it, the reason, and what to set instead.
absl::Status CheckUserProperties(const Properties& properties);

// Whether the value of a property may be, or lead to, a secret, by its name.
bool IsSecretProperty(absl::string_view name);

// What is unsafe in the user's properties, though it works: a line each.
std::vector<std::string> SecurityWarnings(const Properties& properties);

// Tuning, then the user's, then what the guarantees rest on. REQUIRES: the
// user's have been checked.
Properties ClientProperties(const KafkaOptions& options, ClientKind kind);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_KAFKA_PROPERTIES_H_

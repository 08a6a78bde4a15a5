// What `dlq redrive` does: it shows, asks, and writes.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_DLQ_REDRIVE_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_DLQ_REDRIVE_H_

#include "absl/status/status.h"
#include "processor/config/settings.h"
#include "processor/topic_reader.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/session.h"

namespace exactmean {

// `letters` reads the dead-letter topic, committed.
absl::Status RunRedrive(Session& session, const Settings& settings,
                        const LetterFilter& filter, TopicReader* letters);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_DLQ_REDRIVE_H_

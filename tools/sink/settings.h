// The command line of exactmean-sink.

#ifndef EXACTMEAN_TOOLS_SINK_SETTINGS_H_
#define EXACTMEAN_TOOLS_SINK_SETTINGS_H_

#include <atomic>
#include <memory>

#include "absl/status/statusor.h"
#include "processor/kafka/options.h"
#include "tools/sink/database.h"
#include "tools/sink/sink.h"
#include "tools/sink/table.h"

namespace exactmean {

// A value; what needs a cluster or a database is filled in by main.
struct SinkSettings {
  KafkaOptions kafka;
  std::unique_ptr<Database> database;  // not connected
  SinkTable::Options table;
  SinkOptions sink;
};

// To be called once, first in main: see ParseFlags.
void ParseSinkFlags(int argc, char** argv);

// A Stop(kConfig) that names the flag. `stop` is for the database, which waits
// no longer than it must once it is set.
absl::StatusOr<SinkSettings> SinkSettingsFromFlags(
    const std::atomic<bool>* stop);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_SINK_SETTINGS_H_

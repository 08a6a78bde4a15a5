// ReadViews.

#include "tools/inspect/commands/read_views.h"

#include "absl/flags/flag.h"
#include "tools/inspect/flags.h"

namespace exactmean {

ScanOptions ScanOptionsOf(Session& session) {
  ScanOptions options;
  options.clock = session.clock();
  options.patience = absl::GetFlag(FLAGS_patience);
  options.stop = session.stop();
  return options;
}

absl::StatusOr<std::vector<PartitionView>> ReadViews(Session& session) {
  const auto reader = session.OpenResults();
  if (!reader.ok()) return reader.status();
  const auto partitions = session.Partitions(reader->get());
  if (!partitions.ok()) return partitions.status();
  auto views = ReadResults(reader->get(), *partitions, ScanOptionsOf(session));
  if (!views.ok()) return views;
  for (const PartitionView& view : *views) {
    if (!view.transaction_open) continue;
    session.err() << "partition " << view.partition
                  << ": a transaction is open; what follows it is not shown\n";
  }
  return views;
}

}  // namespace exactmean

// ScanOptionsOf and what reads with them.

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

absl::StatusOr<std::vector<Stretch>> CommittedStretches(Session& session,
                                                        TopicReader* reader) {
  const auto partitions = session.Partitions(reader);
  if (!partitions.ok()) return partitions.status();
  auto stretches =
      CommittedPartitions(reader, *partitions, ScanOptionsOf(session));
  if (!stretches.ok()) return stretches;
  for (const Stretch& stretch : *stretches) {
    if (!stretch.held_back) continue;
    session.err() << "partition " << stretch.partition
                  << ": a transaction is open; what follows it is not shown\n";
  }
  return stretches;
}

uint64_t TotalOf(const std::vector<Stretch>& stretches) {
  uint64_t total = 0;
  for (const Stretch& stretch : stretches) {
    total += static_cast<uint64_t>(stretch.to.value() - stretch.from.value());
  }
  return total;
}

absl::StatusOr<std::vector<KeyHistory>> ReadHistories(
    Session& session, absl::Span<const std::string> words) {
  const auto reader = session.OpenResults();
  if (!reader.ok()) return reader.status();
  const auto stretches = CommittedStretches(session, reader->get());
  if (!stretches.ok()) return stretches.status();
  Progress progress =
      session.MakeProgress("looking for the keys", TotalOf(*stretches));
  ScanOptions options = ScanOptionsOf(session);
  options.progress = [&](uint64_t records) { progress.Update(records); };
  return ReadKeyHistories(reader->get(), *stretches, words, options);
}

}  // namespace exactmean

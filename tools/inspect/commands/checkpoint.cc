// exactmean-inspect checkpoint.

#include "processor/stop.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/render.h"

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto views = ReadViews(session);
  if (!views.ok()) return views.status();
  session.out() << RenderCheckpoints(*views, session.format());
  for (const PartitionView& view : *views) {
    if (!view.checkpoint.has_value() || view.DigestVerified()) continue;
    return Stop(StopReason::kState,
                "a digest differs: keys are lost, or somebody else wrote to "
                "the topic. A start would refuse this state");
  }
  return absl::OkStatus();
}

}  // namespace

Command CheckpointCommand() {
  Command command;
  command.name = "checkpoint";
  command.summary = "How far each partition is, and whether its digest holds";
  command.description =
      "Also where its records went: applied, late, skipped, absent.\n";
  command.examples = {
      "checkpoint --bootstrap_servers=localhost:9092 "
      "--results_topic=prices-averages"};
  command.flags = {"partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean

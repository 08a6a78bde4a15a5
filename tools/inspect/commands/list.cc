// exactmean-inspect list.

#include "absl/flags/flag.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/render.h"

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  const auto views = ReadViews(session);
  if (!views.ok()) return views.status();
  const auto text =
      RenderList(*views, session.format(), absl::GetFlag(FLAGS_limit));
  if (!text.ok()) return text.status();
  session.out() << *text;
  return absl::OkStatus();
}

}  // namespace

Command ListCommand() {
  Command command;
  command.name = "list";
  command.summary = "Every key with its averages";
  command.description = "Keys are in the order of their bytes.\n";
  command.examples = {"list --config=prices.textproto --limit=20"};
  command.flags = {"limit", "partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean

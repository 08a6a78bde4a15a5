// exactmean-inspect get.

#include <cstdint>

#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/render.h"

namespace exactmean {
namespace {

absl::Status Run(Session& session, absl::Span<const std::string> words) {
  const auto views = ReadViews(session);
  if (!views.ok()) return views.status();
  for (const std::string& key : words) {
    const auto text = RenderKey(*views, key, session.format());
    if (!text.ok()) return text.status();
    session.out() << *text;
  }
  return absl::OkStatus();
}

}  // namespace

Command GetCommand() {
  Command command;
  command.name = "get";
  command.arguments = "KEY...";
  command.summary = "Keys in full, with the values that their windows hold";
  command.description =
      "A key that is not printable is given as `list` shows it: \"\\xff\".\n";
  command.examples = {"get IBM --config=prices.textproto",
                      "get IBM --config=prices.textproto --output=json"};
  command.flags = {"partition"};
  command.min_words = 1;
  command.max_words = SIZE_MAX;
  command.run = &Run;
  return command;
}

}  // namespace exactmean

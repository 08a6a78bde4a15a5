// ManualFiles.

#include "tools/inspect/help/manual.h"

#include <fstream>
#include <sstream>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/inspect/flags.h"

namespace exactmean {
namespace {

constexpr char kGenerated[] =
    "<!-- Written by `bazel run //tools/inspect:manual -- "
    "--output_dir=docs/inspect`, from what --help prints. -->\n";

std::string TableCell(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"*", "\\*"}, {"<", "\\<"}});
}

std::string FlagsTable(absl::Span<const std::string> flags) {
  std::string text = "| flag | default | |\n| --- | --- | --- |\n";
  for (const std::string& name : flags) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    const std::string value = flag->DefaultValue();
    absl::StrAppend(&text, "| `--", name, "` | ",
                    value.empty() ? "" : absl::StrCat("`", value, "`"), " | ",
                    TableCell(flag->Help()), " |\n");
  }
  return text;
}

std::string Picture(const Command& command) {
  return absl::StrCat(command.name, ".svg");
}

// Empty: there is none.
std::string SampleText(const Command& command, const Samples& samples) {
  const auto sample = samples.find(command.name);
  if (sample == samples.end()) return "";
  const bool drawn = samples.count(Picture(command)) > 0;
  return absl::StrCat(
      "\nAs [a test](../../tests/inspect/samples_test.cc) has it from the "
      "shipped program; prices are those of the "
      "[demo](../../tools/demo/README.md):\n\n```\n",
      sample->second, "```\n",
      drawn ? absl::StrCat("\n![](", Picture(command), ")\n") : "");
}

std::string CommandPage(const Command& command, const Samples& samples) {
  std::string text =
      absl::StrCat(kGenerated, "\n# exactmean-inspect ", command.name, "\n\n",
                   command.summary, ".\n\n```\n", Usage(command), "\n\n",
                   command.description, "```\n\n## Examples\n\n```sh\n");
  for (const std::string& example : command.examples) {
    absl::StrAppend(&text, "exactmean-inspect ", example, "\n");
  }
  absl::StrAppend(&text, "```\n", SampleText(command, samples));
  if (!command.flags.empty()) {
    absl::StrAppend(&text, "\n## Flags\n\n", FlagsTable(command.flags));
  }
  return absl::StrCat(text,
                      "\n[Flags of every command, and exit codes]"
                      "(README.md#flags-of-every-command)\n");
}

std::string IndexPage(absl::Span<const Command> commands) {
  std::string text =
      absl::StrCat(kGenerated, "\n# exactmean-inspect\n\n", kIntroduction,
                   "\n| command | |\n| --- | "
                   "--- |\n");
  for (const Command& command : commands) {
    // A '|' would end the cell, even in code.
    const std::string arguments =
        absl::StrReplaceAll(command.arguments, {{"|", "\\|"}});
    absl::StrAppend(&text, "| [`", command.name, arguments.empty() ? "" : " ",
                    arguments, "`](", command.name, ".md) | ",
                    TableCell(command.summary), " |\n");
  }
  return absl::StrCat(text, "\n## Flags of every command\n\n",
                      FlagsTable(CommonFlags()), "\n```\n", kExitCodes,
                      "```\n");
}

// Text that roff shows as it is.
std::string Roff(absl::string_view text) {
  std::string out;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, ".") || absl::StartsWith(line, "'")) {
      out += "\\&";
    }
    absl::StrAppend(
        &out, absl::StrReplaceAll(line, {{"\\", "\\e"}, {"-", "\\-"}}), "\n");
  }
  out.pop_back();
  return out;
}

// Its lines as they are.
std::string Verbatim(absl::string_view text) {
  return absl::StrCat(".nf\n", Roff(text), "\n.fi\n");
}

std::string RoffFlags(absl::Span<const std::string> flags) {
  std::string text;
  for (const std::string& name : flags) {
    const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    const std::string value = flag->DefaultValue();
    absl::StrAppend(
        &text, ".TP\n\\fB", Roff(absl::StrCat("--", name)), "\\fR",
        value.empty() ? "" : Roff(absl::StrCat(" (default: ", value, ")")),
        "\n", Roff(flag->Help()), "\n");
  }
  return text;
}

std::string ManPage(absl::Span<const Command> commands) {
  std::string text = absl::StrCat(
      ".TH EXACTMEAN\\-INSPECT 1 \"\" Exactmean\n.SH NAME\n"
      "exactmean\\-inspect \\- shows, explains and verifies the state of "
      "exactmean\n.SH SYNOPSIS\n.B exactmean\\-inspect\nCOMMAND [WORD]... "
      "[FLAG]...\n.SH DESCRIPTION\n",
      Verbatim(kIntroduction), ".SH COMMANDS\n");
  for (const Command& command : commands) {
    absl::StrAppend(&text, ".SS ", Roff(command.name), "\n",
                    Roff(command.summary), ".\n.PP\n.B ", Roff(Usage(command)),
                    "\n.PP\n", Verbatim(command.description),
                    RoffFlags(command.flags), ".PP\nExamples:\n");
    for (const std::string& example : command.examples) {
      absl::StrAppend(&text, ".IP\n",
                      Roff(absl::StrCat("exactmean-inspect ", example)), "\n");
    }
  }
  return absl::StrCat(text, ".SH FLAGS OF EVERY COMMAND\n",
                      RoffFlags(CommonFlags()), ".SH EXIT STATUS\n",
                      Verbatim(kExitCodes));
}

}  // namespace

Samples ReadSamples(absl::Span<const Command> commands,
                    const std::string& directory) {
  Samples samples;
  const auto read = [&](const std::string& file, const std::string& name) {
    const std::ifstream stream(absl::StrCat(directory, "/", file));
    if (!stream) return;
    std::stringstream contents;
    contents << stream.rdbuf();
    samples[name] = contents.str();
  };
  for (const Command& command : commands) {
    read(absl::StrCat(command.name, ".txt"), command.name);
    read(Picture(command), Picture(command));
  }
  return samples;
}

std::map<std::string, std::string> ManualFiles(
    absl::Span<const Command> commands, const Samples& samples) {
  std::map<std::string, std::string> files;
  files["README.md"] = IndexPage(commands);
  for (const Command& command : commands) {
    files[absl::StrCat(command.name, ".md")] = CommandPage(command, samples);
    const auto picture = samples.find(Picture(command));
    if (picture != samples.end()) files[picture->first] = picture->second;
  }
  files["exactmean-inspect.1"] = ManPage(commands);
  return files;
}

}  // namespace exactmean

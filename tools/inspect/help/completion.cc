// BashCompletion and ZshCompletion.

#include "tools/inspect/help/completion.h"

#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/inspect/flags.h"

namespace exactmean {
namespace {

// Words that a flag takes; those of the others are files or unknown.
struct FlagValues {
  const char* flag;
  const char* words;
};
constexpr FlagValues kWords[] = {
    {"output", "text json"},
    {"format", "csv jsonl sqlite"},
};
constexpr const char* kFiles[] = {"config", "file", "other_config"};

const char* WordsOf(const std::string& flag) {
  for (const FlagValues& values : kWords) {
    if (flag == values.flag) return values.words;
  }
  return nullptr;
}

bool IsFile(const std::string& flag) {
  for (const char* file : kFiles) {
    if (flag == file) return true;
  }
  return false;
}

bool IsBool(const std::string& flag) {
  return absl::FindCommandLineFlag(flag)->IsOfType<bool>();
}

std::vector<std::string> FlagsOf(const Command& command) {
  std::vector<std::string> flags = command.flags;
  flags.insert(flags.end(), CommonFlags().begin(), CommonFlags().end());
  return flags;
}

std::string BashFlags(const std::vector<std::string>& names) {
  return absl::StrJoin(names, " ", [](std::string* out, const auto& name) {
    absl::StrAppend(out, "--", name, IsBool(name) ? "" : "=");
  });
}

// Bash splits words at '=': "--config=a" is three.
constexpr char kBash[] =
    R"(# Completion for bash; in ~/.bashrc:
#   source <(exactmean-inspect completion bash)
_exactmean_inspect() {
  local cur="${COMP_WORDS[COMP_CWORD]}" flag="" command="" flags="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "${COMP_WORDS[i]}" in
      -*) ;;
      =) ((++i)) ;;
      *)
        command="${COMP_WORDS[i]}"
        break
        ;;
    esac
  done
  if [[ "${cur}" == "=" ]]; then
    flag="${COMP_WORDS[COMP_CWORD - 1]}"
    cur=""
  elif ((COMP_CWORD > 1)) && [[ "${COMP_WORDS[COMP_CWORD - 1]}" == "=" ]]; then
    flag="${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  case "${flag}" in
    "") ;;
@VALUES@    *) return ;;
  esac
  case "${command}" in
@FLAGS@  esac
  if [[ "${cur}" == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${flags}" -- "${cur}")
    if [[ "${#COMPREPLY[@]}" -eq 1 && "${COMPREPLY[0]}" == *= ]]; then
      compopt -o nospace 2>/dev/null
    fi
  elif [[ -z "${command}" ]]; then
    mapfile -t COMPREPLY < <(compgen -W "@COMMANDS@" -- "${cur}")
  elif [[ "${command}" == completion ]]; then
    mapfile -t COMPREPLY < <(compgen -W "bash zsh" -- "${cur}")
  fi
}
complete -F _exactmean_inspect exactmean-inspect
)";

std::string Quoted(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}});
}

// The first sentence, fit for zsh's '--flag=[...]'.
std::string ZshHelp(const std::string& flag) {
  std::string help = absl::FindCommandLineFlag(flag)->Help();
  help = help.substr(0, help.find(". "));
  return Quoted(absl::StrReplaceAll(
      help, {{"[", "("}, {"]", ")"}, {":", "\\:"}, {"\\", "\\\\"}}));
}

std::string ZshFlag(const std::string& flag) {
  const std::string help = ZshHelp(flag);
  if (IsBool(flag)) return absl::StrCat("'--", flag, "[", help, "]'");
  const char* const words = WordsOf(flag);
  const std::string action = words != nullptr ? absl::StrCat("(", words, ")")
                             : IsFile(flag)   ? "_files"
                                              : " ";
  return absl::StrCat("'--", flag, "=[", help, "]:", flag, ":", action, "'");
}

std::string ZshFlags(const std::vector<std::string>& flags) {
  return absl::StrJoin(flags, " \\\n        ",
                       [](std::string* out, const std::string& flag) {
                         absl::StrAppend(out, ZshFlag(flag));
                       });
}

}  // namespace

std::string BashCompletion(absl::Span<const Command> commands) {
  std::string values;
  for (const FlagValues& its : kWords) {
    absl::StrAppend(&values, "    --", its.flag,
                    ")\n      mapfile -t COMPREPLY < <(compgen -W \"",
                    its.words, "\" -- \"${cur}\")\n      return\n      ;;\n");
  }
  absl::StrAppend(&values, "    --", absl::StrJoin(kFiles, " | --"),
                  ")\n      compopt -o filenames 2>/dev/null\n"
                  "      mapfile -t COMPREPLY < <(compgen -f -- \"${cur}\")\n"
                  "      return\n      ;;\n");
  std::string flags;
  std::vector<std::string> names;
  for (const Command& command : commands) {
    names.push_back(command.name);
    absl::StrAppend(&flags, "    ", command.name, ") flags=\"",
                    BashFlags(FlagsOf(command)), " --help\" ;;\n");
  }
  absl::StrAppend(&flags, "    *) flags=\"", BashFlags(CommonFlags()),
                  " --help --version\" ;;\n");
  return absl::StrReplaceAll(kBash,
                             {{"@VALUES@", values},
                              {"@FLAGS@", flags},
                              {"@COMMANDS@", absl::StrJoin(names, " ")}});
}

std::string ZshCompletion(absl::Span<const Command> commands) {
  std::string text =
      R"(#compdef exactmean-inspect
# Completion for zsh: in a directory of $fpath, as _exactmean-inspect.
_exactmean_inspect() {
  local -a commands=(
)";
  for (const Command& command : commands) {
    absl::StrAppend(
        &text, "    '", command.name, ":",
        Quoted(absl::StrReplaceAll(command.summary, {{":", "\\:"}})), "'\n");
  }
  absl::StrAppend(&text, R"(  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  case "${words[2]}" in
)");
  for (const Command& command : commands) {
    const char* const rest =
        command.name == "completion" ? "'*:shell:(bash zsh)'" : "'*: : '";
    absl::StrAppend(
        &text, "    ", command.name, ")\n      _arguments \\\n        ",
        ZshFlags(FlagsOf(command)), " \\\n        ", rest, "\n      ;;\n");
  }
  return absl::StrCat(text, R"(  esac
}
_exactmean_inspect "$@"
)");
}

}  // namespace exactmean

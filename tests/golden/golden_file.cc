// Golden files to text and back.

#include "tests/golden/golden_file.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "proto/result.pb.h"
#include "state/reserved_keys.h"

namespace exactmean {
namespace {

template <typename Message>
std::string MeaningAs(const std::string& bytes,
                      absl::Status decode(absl::string_view, Message*)) {
  Message message;
  if (!decode(bytes, &message).ok()) return "nothing";
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(message, &text);
  return text;
}

GoldenRecord RecordOf(absl::string_view key, absl::string_view value) {
  GoldenRecord record{std::string(key), std::string(value), ""};
  record.means = key == kCheckpointKey
                     ? MeaningAs(*record.value, DecodeCheckpoint)
                 : ParseSegmentKey(key).has_value()
                     ? MeaningAs(*record.value, DecodeSegment)
                     : MeaningAs(*record.value, DecodeSnapshot);
  return record;
}

// Two hexadecimal digits a byte. (The versions of Abseil in use have no
// function for it in common.)
bool ParseBytes(absl::string_view digits, std::string* bytes) {
  if (digits.size() % 2 != 0) return false;
  for (size_t i = 0; i < digits.size(); i += 2) {
    uint32_t byte = 0;
    if (!absl::SimpleHexAtoi(digits.substr(i, 2), &byte)) return false;
    bytes->push_back(static_cast<char>(byte));
  }
  return true;
}

// Takes the key out of: key "..."
bool ParseKey(absl::string_view line, std::string* key) {
  return absl::ConsumePrefix(&line, "key \"") &&
         absl::ConsumeSuffix(&line, "\"") && absl::CUnescape(line, key);
}

}  // namespace

GoldenCommit CommitOf(const ChangeSet& changes) {
  GoldenCommit commit;
  for (const ChangeSet::Segment& segment : changes.segments()) {
    if (segment.value.has_value()) {
      commit.push_back(RecordOf(segment.key, *segment.value));
    } else {
      commit.push_back({segment.key, absl::nullopt, ""});
    }
  }
  for (size_t i = 0; i < changes.size(); ++i) {
    if (changes.value(i).has_value()) {
      commit.push_back(RecordOf(changes.key(i), *changes.value(i)));
    } else {
      commit.push_back({std::string(changes.key(i)), absl::nullopt, ""});
    }
  }
  commit.push_back(RecordOf(kCheckpointKey, changes.checkpoint()));
  return commit;
}

std::string FormatGolden(const std::vector<GoldenCommit>& commits) {
  std::string text;
  for (const GoldenCommit& commit : commits) {
    for (const GoldenRecord& record : commit) {
      absl::StrAppend(&text, "key \"", absl::CEscape(record.key), "\"\n");
      if (record.value.has_value()) {
        absl::StrAppend(&text, "value ", absl::BytesToHexString(*record.value),
                        "\nmeans ", record.means, "\n");
      } else {
        absl::StrAppend(&text, "deleted\n");
      }
    }
    absl::StrAppend(&text, "commit\n");
  }
  return text;
}

absl::StatusOr<std::vector<GoldenCommit>> ParseGolden(absl::string_view text) {
  std::vector<GoldenCommit> commits;
  GoldenCommit commit;
  int number = 0;
  absl::ConsumeSuffix(&text, "\n");
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    std::string key;
    if (ParseKey(line, &key)) {
      commit.push_back({key, absl::nullopt, ""});
    } else if (line == "commit") {
      commits.push_back(std::move(commit));
      commit.clear();
    } else if (commit.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number));
    } else if (absl::ConsumePrefix(&line, "value ")) {
      if (!ParseBytes(line, &commit.back().value.emplace())) {
        return absl::InvalidArgumentError(absl::StrCat("line ", number));
      }
    } else if (absl::ConsumePrefix(&line, "means ")) {
      commit.back().means = std::string(line);
    } else if (line != "deleted") {
      return absl::InvalidArgumentError(absl::StrCat("line ", number));
    }
  }
  if (!commit.empty())
    return absl::InvalidArgumentError("no commit at the end");
  return commits;
}

std::string GoldenPath(int format, absl::string_view name) {
  return absl::StrCat("tests/golden/format", format, "/", name, ".golden");
}

}  // namespace exactmean

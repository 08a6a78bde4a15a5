// Rewrites the messages of protobuf's text-format parser. A message of another
// form than those expected here is passed on without the text it found.

#include "processor/config/text_errors.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "processor/config/nearest.h"
#include "proto/config.pb.h"

namespace exactmean {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

std::string NoSuchField(absl::string_view type, absl::string_view field) {
  const Descriptor* const message =
      config::Config::descriptor()->file()->pool()->FindMessageTypeByName(
          std::string(type));
  if (message == nullptr) return absl::StrCat("no field named ", field);
  // What follows a stray quote in a password is no field's name.
  if (message->options().map_entry()) {
    return "a property has a key and a value, and nothing else; a quote within "
           "quotes is written \\\"";
  }
  std::vector<std::string> names;
  for (int i = 0; i < message->field_count(); ++i) {
    names.push_back(message->field(i)->name());
  }
  const std::string nearest = Nearest(field, names);
  const std::string hint =
      names.empty()     ? "it has none"
      : nearest.empty() ? absl::StrCat("it has ", absl::StrJoin(names, ", "))
                        : absl::StrCat("did you mean ", nearest, "?");
  return absl::StrCat("no field named ", field, " in ", message->name(), ": ",
                      hint);
}

// The values of the enum field of that name: no two share one.
std::string NoSuchValue(absl::string_view value, absl::string_view field) {
  const FileDescriptor* const file = config::Config::descriptor()->file();
  std::vector<std::string> values;
  for (int m = 0; m < file->message_type_count(); ++m) {
    const FieldDescriptor* const known =
        file->message_type(m)->FindFieldByName(std::string(field));
    if (known == nullptr || known->enum_type() == nullptr) continue;
    for (int v = 0; v < known->enum_type()->value_count(); ++v) {
      values.push_back(known->enum_type()->value(v)->name());
    }
  }
  return absl::StrCat("no value ", value, " for ", field, ": it is one of ",
                      absl::StrJoin(values, ", "));
}

std::string WithoutFoundText(absl::string_view message) {
  if (absl::StartsWith(message, "Expected string")) {
    return "a text in quotes should be here";
  }
  if (absl::StartsWith(message, "Expected integer")) {
    return "a whole number, 0 or more, should be here";
  }
  if (absl::StartsWith(message, "Expected identifier")) {
    return "the name of a field, or the end of a message, should be here";
  }
  return std::string(message.substr(
      0, std::min(message.find(", got:"), message.find(", found"))));
}

}  // namespace

void TextErrors::AddError(int line, int column, const std::string& message) {
  const std::vector<absl::string_view> parts = absl::StrSplit(message, '"');
  if (absl::StartsWith(message, "Message type \"") && parts.size() == 5) {
    AddAtWord(line, column, parts[3], NoSuchField(parts[1], parts[3]));
  } else if (absl::StartsWith(message, "Unknown enumeration value of \"") &&
             parts.size() == 5) {
    AddAtWord(line, column, parts[1], NoSuchValue(parts[1], parts[3]));
  } else if (absl::StartsWith(message, "Non-repeated field \"")) {
    AddAtWord(line, column, parts[1],
              absl::StrCat(parts[1], " is given twice"));
  } else if (absl::StartsWith(message, "Field \"") && parts.size() == 7) {
    AddAtWord(line, column, parts[1],
              absl::StrCat(parts[1], " and ", parts[3],
                           " exclude each other: give one of them"));
  } else {
    Add(line, column, WithoutFoundText(message));
  }
}

void TextErrors::Add(int line, int column, absl::string_view what) {
  lines_.push_back(
      absl::StrCat(name_, ":", line + 1, ":", column + 1, ": ", what));
}

// The parser is one token past the word that it complains of, often on the next
// line: goes back to the word.
void TextErrors::AddAtWord(int line, int column, absl::string_view word,
                           absl::string_view what) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text_, '\n');
  size_t end = static_cast<size_t>(column);
  for (int at = std::min<int>(line, lines.size() - 1); at >= 0; --at) {
    const size_t found = lines[at].substr(0, end).rfind(word);
    if (found != absl::string_view::npos) {
      return Add(at, static_cast<int>(found), what);
    }
    end = absl::string_view::npos;
  }
  Add(line, column, what);
}

}  // namespace exactmean

// Reads and merges text-format configurations.

#include "processor/config/config_text.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/text_format.h"
#include "processor/config/text_errors.h"
#include "proto/config.pb.h"

namespace exactmean {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

absl::Status CannotRead(const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<std::string> ReadConfigFile(const std::string& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(
      std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return CannotRead(path);
  std::string text(kMaxBytes + 1, '\0');
  text.resize(std::fread(&text[0], 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return CannotRead(path);
  if (text.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is larger than ", kMaxBytes,
                     " bytes: that is no configuration"));
  }
  // Editors of another system put it there.
  constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (absl::StartsWith(text, kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  return text;
}

absl::Status MergeConfigText(absl::string_view name, absl::string_view text,
                             config::Config* config) {
  TextErrors errors(name, text);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  const std::string copy(text);
  // First alone, which finds fields given twice; then over `config`: a message
  // merged with MergeFrom would lose fields set to their default.
  config::Config alone;
  bool parsed = parser.ParseFromString(copy, &alone);
  if (parsed) {
    if (alone.window_size() > 0) config->clear_window();
    parsed = parser.MergeFromString(copy, config);
  }
  if (!parsed || !errors.lines().empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors.lines(), "\n"));
  }
  return absl::OkStatus();
}

}  // namespace exactmean

// From configuration files and overrides to one config.proto message.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_CONFIG_TEXT_H_
#define EXACTMEAN_PROCESSOR_CONFIG_CONFIG_TEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/config.pb.h"

namespace exactmean {

// The file's text; at most 1 MiB.
absl::StatusOr<std::string> ReadConfigFile(const std::string& path);

// Merges `text`, in protobuf text format, over `config`: a field in `text`
// replaces the one in `config`, even if it is set to its default; a property
// replaces the one of the same key; and windows replace all windows. Within
// `text`, no field may be given twice. kInvalidArgument has every error as
// "name:line:column: what".
absl::Status MergeConfigText(absl::string_view name, absl::string_view text,
                             config::Config* config);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_CONFIG_TEXT_H_

// From the command line and the configuration file to settings.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_LOAD_CONFIG_H_
#define EXACTMEAN_PROCESSOR_CONFIG_LOAD_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "processor/config/settings.h"

namespace exactmean {

struct ConfigArgs {
  // Of a file in text format; empty: there is none.
  std::string path;

  // Snippets in text format, each merged over what came before: a field
  // replaces a field, and windows replace all windows.
  std::vector<std::string> overrides;

  // Replaces the configuration's, unless empty.
  std::string bootstrap_servers;

  // False: no cluster is needed; the section `kafka` is not read, nor the
  // environment that it names.
  bool with_kafka = true;

  // Empty: the name of this host. Two processes on one host need two.
  std::string instance_id;
};

// Errors are kInvalidArgument. Those of the text come with file, line and
// column; if there are none, everything that is wrong with the contents comes
// at once, a line each. Neither shows the value of a property.
absl::StatusOr<Settings> LoadSettings(const ConfigArgs& args);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_LOAD_CONFIG_H_

// A file that is there whole or not at all.

#ifndef EXACTMEAN_TOOLS_INSPECT_COMMANDS_NEW_FILE_H_
#define EXACTMEAN_TOOLS_INSPECT_COMMANDS_NEW_FILE_H_

#include <fstream>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace exactmean {

// To be written at `temporary()`; at its own path there is what was there
// before, until Commit. Without Commit nothing remains.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Creates it, empty, beside its place, where nobody has a file yet. Errors of
  // all calls name the path. kInvalidArgument: at the path is a directory, a
  // device or a pipe.
  absl::Status Create();
  const std::string& temporary() const { return temporary_; }
  // On the disk, and then in its place. REQUIRES: written and closed.
  absl::Status Commit();
  // Closes the stream that wrote to temporary(), then the same.
  absl::Status Commit(std::ofstream* stream);

 private:
  absl::Status Error(const std::string& path) const;

  const std::string path_;
  std::string temporary_;
  bool created_ = false;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_COMMANDS_NEW_FILE_H_

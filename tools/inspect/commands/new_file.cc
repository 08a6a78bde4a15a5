// NewFile.

#include "tools/inspect/commands/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace exactmean {

absl::Status NewFile::Error(const std::string& path) const {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", std::strerror(errno)));
}

NewFile::~NewFile() {
  if (created_) unlink(temporary_.c_str());
}

absl::Status NewFile::Create() {
  // A device, such as /dev/null, would be gone for everybody.
  struct stat there = {};
  if (stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": it is no regular file, and would be replaced"));
  }
  int file = -1;
  // One that is there is another export's, or the user's own.
  for (int n = 0; file < 0; ++n) {
    temporary_ =
        absl::StrCat(path_, n == 0 ? "" : absl::StrCat(".", n), ".tmp");
    file =
        open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno != EEXIST) return Error(temporary_);
  }
  created_ = true;
  close(file);
  return absl::OkStatus();
}

absl::Status NewFile::Commit() {
  const int file = open(temporary_.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return Error(temporary_);
  const bool synced = fsync(file) == 0;
  const absl::Status status = synced ? absl::OkStatus() : Error(temporary_);
  close(file);
  if (!synced) return status;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return Error(path_);
  created_ = false;
  return absl::OkStatus();
}

absl::Status NewFile::Commit(std::ofstream* stream) {
  stream->close();
  return stream->fail() ? Error(temporary_) : Commit();
}

}  // namespace exactmean

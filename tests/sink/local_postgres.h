// A real PostgreSQL on loopback, in a directory of its own, that can be killed
// and started again.

#ifndef EXACTMEAN_TESTS_SINK_LOCAL_POSTGRES_H_
#define EXACTMEAN_TESTS_SINK_LOCAL_POSTGRES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "tools/cluster/process.h"

namespace exactmean {

// Owns the server: it ends with this object, or with the process, however that
// ends. What it has committed outlives Kill. Not thread-safe.
class LocalPostgres {
 public:
  // Returns when it serves. `encoding` is that of its databases.
  static absl::StatusOr<std::unique_ptr<LocalPostgres>> Start(
      const std::string& encoding = "UTF8");
  ~LocalPostgres();

  // Of its only database, and its only user.
  std::string address() const;

  // SIGKILL to the server's first process, on whose death the others end.
  absl::Status Kill();
  absl::Status Restart();

  // One statement; the rows that it returns, a NULL as "NULL".
  absl::StatusOr<std::vector<std::vector<std::string>>> Query(
      const std::string& sql);

 private:
  LocalPostgres(std::string directory, std::string programs, int port)
      : directory_(std::move(directory)),
        programs_(std::move(programs)),
        port_(port) {}

  absl::Status Initialise(const std::string& encoding);
  absl::Status Launch();

  const std::string directory_, programs_;
  const int port_;
  absl::optional<Process> process_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_SINK_LOCAL_POSTGRES_H_

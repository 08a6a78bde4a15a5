// The same rules as kafka_home.sh, in C++.

#include "tools/cluster/kafka_install.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tools/cluster/kafka_version.h"

namespace exactmean {
namespace {

std::string Variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

std::string FindJava() {
  const std::string java_home = Variable("JAVA_HOME");
  if (!java_home.empty()) {
    std::string java = java_home + "/bin/java";
    return access(java.c_str(), X_OK) == 0 ? java : "";
  }
  for (absl::string_view dir : absl::StrSplit(Variable("PATH"), ':')) {
    std::string java = absl::StrCat(dir, "/java");
    if (access(java.c_str(), X_OK) == 0) return java;
  }
  return "";
}

// A test runner may hide XDG_CACHE_HOME and HOME: then the account's own home.
std::vector<std::string> CacheDirs() {
  std::vector<std::string> result;
  const std::string cache = Variable("XDG_CACHE_HOME");
  if (!cache.empty()) return {cache};
  const std::string home = Variable("HOME");
  if (!home.empty()) result.push_back(home + "/.cache");
  const passwd* account = getpwuid(getuid());  // NOLINT(runtime/threadsafe_fn)
  if (account != nullptr && home != account->pw_dir) {
    result.push_back(absl::StrCat(account->pw_dir, "/.cache"));
  }
  return result;
}

}  // namespace

absl::StatusOr<KafkaInstall> FindKafka() {
  KafkaInstall install;
  install.version = kKafkaVersion;
  install.java = FindJava();
  if (install.java.empty()) {
    return absl::NotFoundError(
        "no Java to run Kafka with, neither in JAVA_HOME nor in PATH: run "
        "tools/setup.sh, or point JAVA_HOME at Java 17 or newer");
  }
  std::vector<std::string> tried;
  for (const std::string& cache : CacheDirs()) {
    const std::string dir =
        absl::StrCat(cache, "/exactmean/kafka-", kKafkaVersion);
    tried.push_back(dir);
    install.bootstrap_checkpoint = dir + "/bootstrap.checkpoint";
    if (access(install.bootstrap_checkpoint.c_str(), R_OK) != 0) continue;
    install.classpath = dir + "/*";
    install.startup_archive = dir + "/startup.jsa";
    return install;
  }
  return absl::NotFoundError(absl::StrCat(
      "Kafka ", kKafkaVersion, " is not in ", absl::StrJoin(tried, " or "),
      ": run tools/setup.sh, or tools/cluster/fetch_kafka.sh for it alone"));
}

}  // namespace exactmean

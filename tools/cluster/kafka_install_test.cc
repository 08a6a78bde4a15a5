// Where Kafka and Java are looked for, and what is said when they are missing.

#include "tools/cluster/kafka_install.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class KafkaInstallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/kafka_install_test.XXXXXX";
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    MakeExecutable("/java-home/bin", "java");
    setenv("JAVA_HOME", (root_ + "/java-home").c_str(), 1);
    setenv("XDG_CACHE_HOME", root_.c_str(), 1);
  }

  void MakeDirs(const std::string& path) {
    for (size_t i = 1; i != std::string::npos && i < path.size();) {
      i = path.find('/', i + 1);
      mkdir((root_ + path.substr(0, i)).c_str(), 0755);
    }
  }

  void MakeExecutable(const std::string& dir, const std::string& name) {
    MakeDirs(dir);
    const std::string path = absl::StrCat(root_, dir, "/", name);
    std::ofstream(path) << "#!/bin/sh\n";
    ASSERT_EQ(chmod(path.c_str(), 0755), 0);
  }

  std::string root_;
};

TEST_F(KafkaInstallTest, NamesPlaceAndRemedyWhenKafkaIsMissing) {
  absl::Status status = FindKafka().status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr(root_ + "/exactmean/kafka-"));
  EXPECT_THAT(message, HasSubstr("tools/setup.sh"));
}

TEST_F(KafkaInstallTest, NamesRemedyWhenJavaIsMissing) {
  setenv("JAVA_HOME", "/no/such/java", 1);
  absl::Status status = FindKafka().status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(std::string(status.message()), HasSubstr("JAVA_HOME"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("tools/setup.sh"));
}

TEST_F(KafkaInstallTest, FindsTheVersionOfTheBuild) {
  const std::string missing(FindKafka().status().message());
  const std::string version =
      missing.substr(6, missing.find(' ', 6) - 6);  // "Kafka VERSION is not"
  const std::string dir = "/exactmean/kafka-" + version;
  MakeDirs(dir);
  std::ofstream(root_ + dir + "/bootstrap.checkpoint") << "records";

  auto install = FindKafka();
  ASSERT_THAT(install, IsOk());
  EXPECT_EQ(install->version, version);
  EXPECT_THAT(install->version, StartsWith("4."));
  EXPECT_EQ(install->java, root_ + "/java-home/bin/java");
  EXPECT_EQ(install->classpath, root_ + dir + "/*");
  EXPECT_THAT(install->bootstrap_checkpoint, EndsWith("/bootstrap.checkpoint"));
}

TEST_F(KafkaInstallTest, FindsJavaInPath) {
  unsetenv("JAVA_HOME");
  MakeExecutable("/path-dir", "java");
  const char* path = getenv("PATH");
  const std::string old_path = path == nullptr ? "" : path;
  setenv("PATH", absl::StrCat("/no/such:", root_, "/path-dir").c_str(), 1);
  // Java was found: it is Kafka that it complains about.
  EXPECT_THAT(std::string(FindKafka().status().message()),
              StartsWith("Kafka "));
  setenv("PATH", "/no/such", 1);
  EXPECT_THAT(std::string(FindKafka().status().message()),
              StartsWith("no Java"));
  setenv("PATH", old_path.c_str(), 1);
}

}  // namespace
}  // namespace exactmean

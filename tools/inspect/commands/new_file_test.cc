// Files that are there whole or not at all.

#include "tools/inspect/commands/new_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contents.h"
#include "tests/status_matchers.h"

namespace exactmean {
namespace {

using ::testing::HasSubstr;

TEST(NewFileTest, ReplacesWhatWasThereWhenItIsWhole) {
  const std::string path = ::testing::TempDir() + "/new_file_test.csv";
  std::ofstream(path) << "old";
  std::string temporary;
  {
    NewFile file(path);
    ASSERT_THAT(file.Create(), IsOk());
    temporary = file.temporary();
    std::ofstream(temporary) << "half";
  }
  EXPECT_EQ(ContentsOf(path), "old");
  EXPECT_NE(access(temporary.c_str(), F_OK), 0);

  NewFile file(path);
  ASSERT_THAT(file.Create(), IsOk());
  std::ofstream(file.temporary()) << "new";
  EXPECT_EQ(ContentsOf(path), "old");
  ASSERT_THAT(file.Commit(), IsOk());
  EXPECT_EQ(ContentsOf(path), "new");
  EXPECT_NE(access(file.temporary().c_str(), F_OK), 0);
}

// Renamed over it, a file would take the place of /dev/null for everybody.
TEST(NewFileTest, TakesThePlaceOfFilesAlone) {
  const std::string pipe = ::testing::TempDir() + "/new_file_test.pipe";
  unlink(pipe.c_str());
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& path :
       {pipe, ::testing::TempDir(), std::string("/dev/null")}) {
    NewFile file(path);
    EXPECT_THAT(file.Create(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("no regular file")));
  }
}

TEST(NewFileTest, TwoAtOnceAreTwoFiles) {
  const std::string path = ::testing::TempDir() + "/new_file_test.two";
  std::ofstream(path + ".tmp") << "the user's own";
  NewFile a(path), b(path);
  ASSERT_THAT(a.Create(), IsOk());
  std::ofstream(a.temporary()) << "all of a";
  ASSERT_THAT(b.Create(), IsOk());
  std::ofstream(b.temporary()) << "b";
  ASSERT_THAT(a.Commit(), IsOk());
  EXPECT_EQ(ContentsOf(path), "all of a");
  ASSERT_THAT(b.Commit(), IsOk());
  EXPECT_EQ(ContentsOf(path), "b");
  EXPECT_EQ(ContentsOf(path + ".tmp"), "the user's own");
}

TEST(NewFileTest, OthersMayReadItAsAnyNewFile) {
  const std::string path = ::testing::TempDir() + "/new_file_test.mode";
  unlink(path.c_str());
  const mode_t umask_before = umask(0027);
  NewFile file(path);
  ASSERT_THAT(file.Create(), IsOk());
  ASSERT_THAT(file.Commit(), IsOk());
  umask(umask_before);
  struct stat there = {};
  ASSERT_EQ(stat(path.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0640u);
}

TEST(NewFileTest, ErrorsNameThePath) {
  NewFile file(::testing::TempDir() + "/no/such/file");
  EXPECT_THAT(file.Create(), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("/no/such/file.tmp: No such")));
}

}  // namespace
}  // namespace exactmean

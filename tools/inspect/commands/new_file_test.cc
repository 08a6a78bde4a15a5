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
  {
    NewFile file(path);
    ASSERT_THAT(file.Create(), IsOk());
    std::ofstream(file.temporary()) << "half";
  }
  EXPECT_EQ(ContentsOf(path), "old");
  EXPECT_NE(access((path + ".tmp").c_str(), F_OK), 0);

  NewFile file(path);
  ASSERT_THAT(file.Create(), IsOk());
  std::ofstream(file.temporary()) << "new";
  EXPECT_EQ(ContentsOf(path), "old");
  ASSERT_THAT(file.Commit(), IsOk());
  EXPECT_EQ(ContentsOf(path), "new");
  EXPECT_NE(access((path + ".tmp").c_str(), F_OK), 0);
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
    EXPECT_NE(access((path + ".tmp").c_str(), F_OK), 0);
  }
}

TEST(NewFileTest, ErrorsNameThePath) {
  NewFile file(::testing::TempDir() + "/no/such/file");
  EXPECT_THAT(file.Create(), StatusIs(absl::StatusCode::kInvalidArgument,
                                      HasSubstr("/no/such/file.tmp: No such")));
}

}  // namespace
}  // namespace exactmean

// Runs one fuzz target: every file of its corpus, then inputs made from those,
// keeping each that takes a new way through the code.
//
//   bazel test //tests/fuzz/...                       a small, fixed number
//   bazel run //tests/fuzz:json_fuzz -- --seconds=60  a long run
//   bazel run //tests/fuzz:json_fuzz -- --input='{'   one input, C-escaped
//   bazel run //tests/fuzz:json_fuzz -- --runs=0 FILE one input
//
// A failing input is printed with the command that runs it again, and written
// to a file. When it is mended, the file belongs into the target's corpus.
//
// Equal seeds try equal inputs as far as coverage is equal, which a hash table
// with a random seed in the code under test may change a little.

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/command_line.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/target.h"

ABSL_FLAG(uint64_t, runs, 10000, "inputs to make, unless --seconds is given");
ABSL_FLAG(int, seconds, 0, "make inputs for so long; 0: --runs counts");
ABSL_FLAG(uint64_t, seed, 1, "of all that is random");
ABSL_FLAG(uint64_t, max_bytes, 1024, "of an input that is made");
ABSL_FLAG(std::string, dictionary, "",
          "file of words, a line each as \"word\" with C escapes");
ABSL_FLAG(std::string, input, "",
          "C-escaped: run this input alone, none from files");

// The sanitizers ask for these by name. They abort, so that OnSignal is called.
extern "C" const char* __asan_default_options();   // NOLINT
extern "C" const char* __asan_default_options() {  // NOLINT
  return "detect_stack_use_after_return=1:strict_string_checks=1:"
         "max_allocation_size_mb=512:abort_on_error=1";
}
extern "C" const char* __ubsan_default_options();   // NOLINT
extern "C" const char* __ubsan_default_options() {  // NOLINT
  return "print_stacktrace=1:abort_on_error=1";
}

namespace exactmean {
namespace {

constexpr int kSecondsAnInput = 60;

// For the handlers, which get no argument.
std::string* program_name = nullptr;
const std::string* current_input = nullptr;  // null: none is being run

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

// Tells the input that is being run. Called as the process dies: no promise of
// async-signal safety, but there is nothing to lose.
void ReportFailure() {
  if (current_input == nullptr) return;
  const std::string input = *current_input;
  current_input = nullptr;
  const std::string escaped =
      absl::StrReplaceAll(absl::CEscape(input), {{"\\'", "\\047"}});
  const char* directory = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (directory == nullptr) directory = std::getenv("BUILD_WORKING_DIRECTORY");
  const std::string path = absl::StrCat(directory == nullptr ? "." : directory,
                                        "/", *program_name, "-failure");
  std::ofstream file(path, std::ios::binary);
  file << input;
  file.close();
  std::fprintf(stderr,
               "\nfailing input, %zu bytes: \"%s\"\n%s %s\nrun it again:\n"
               "  bazel run //tests/fuzz:%s -- --input='%s'\n",
               input.size(), escaped.c_str(),
               file ? "it is in" : "it cannot be written to", path.c_str(),
               program_name->c_str(), escaped.c_str());
}

void OnSignal(int number) {
  if (number == SIGALRM) {
    std::fprintf(stderr, "one input takes longer than %d s\n", kSecondsAnInput);
  }
  ReportFailure();
  signal(SIGABRT, SIG_DFL);
  std::abort();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file),
                    std::istreambuf_iterator<char>()};
  if (!file) Die(absl::StrCat("cannot read ", path.string()));
  return bytes;
}

std::vector<std::string> ReadDictionary(const std::string& path) {
  std::vector<std::string> words;
  if (path.empty()) return words;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::string word, error;
    if (line.size() < 2 || line.front() != '"' || line.back() != '"' ||
        !absl::CUnescape(line.substr(1, line.size() - 2), &word, &error)) {
      Die(absl::StrCat(path, ": no word in quotes: ", line, " ", error));
    }
    words.push_back(word);
  }
  if (words.empty()) Die(absl::StrCat("no words in ", path));
  return words;
}

// One target, its corpus, and the ways seen so far.
class Fuzzer {
 public:
  explicit Fuzzer(Mutator* mutator) : mutator_(*mutator) {}

  // Runs it, and keeps it if it takes a new way.
  void Try(const std::string& input) {
    current_input = &input;
    alarm(kSecondsAnInput);
    BeginCoverage();
    // In memory of its own, so that a byte too far is noticed.
    const std::vector<uint8_t> copy(input.begin(), input.end());
    LLVMFuzzerTestOneInput(copy.data(), copy.size());
    if (NewCoverage() > 0) corpus_.push_back(input);
    alarm(0);
    current_input = nullptr;
    ++tried_;
  }

  // Of a file, or of all files below a directory in the order of their names.
  void TryFiles(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return Try(ReadFile(path));
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(path)) {
      if (!entry.is_directory()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) Try(ReadFile(file));
  }

  std::string Make(size_t max_bytes) {
    std::string input = Parent();
    if (mutator_.Below(8) == 0) {
      mutator_.CrossOver(Parent(), max_bytes, &input);
      if (mutator_.Below(2) == 0) return input;
    }
    if (LLVMFuzzerCustomMutator == nullptr) {
      mutator_.Mutate(max_bytes, &input);
      return input;
    }
    const size_t size = std::min(input.size(), max_bytes);
    input.resize(max_bytes);
    input.resize(LLVMFuzzerCustomMutator(
        reinterpret_cast<uint8_t*>(&input[0]), size, max_bytes,
        static_cast<unsigned>(mutator_.Below(size_t{1} << 32))));
    return input;
  }

  void PrintSummary() const {
    std::printf("%llu inputs without a failure, %zu of them kept, %zu steps\n",
                static_cast<unsigned long long>(tried_), corpus_.size(),
                TotalCoverage());
  }

 private:
  // The newest are tried more often: they lead further.
  std::string Parent() {
    if (corpus_.empty()) return "";
    const size_t all = corpus_.size();
    const size_t among = mutator_.Below(2) == 0 ? all : (all + 3) / 4;
    return corpus_[all - 1 - mutator_.Below(among)];
  }

  Mutator& mutator_;
  std::vector<std::string> corpus_;
  uint64_t tried_ = 0;
};

Mutator* the_mutator = nullptr;  // for LLVMFuzzerMutate

constexpr char kUsage[] =
    R"(Runs one fuzz target on its corpus and on inputs made from it.

  TARGET [flags] [corpus directory or file]...

Example:
  bazel run //tests/fuzz:json_fuzz -- --seconds=60)";

void Fuzz(const std::vector<std::string>& paths) {
  Mutator mutator(absl::GetFlag(FLAGS_seed),
                  ReadDictionary(absl::GetFlag(FLAGS_dictionary)));
  the_mutator = &mutator;
  Fuzzer fuzzer(&mutator);
  fuzzer.Try("");
  for (const std::string& path : paths) fuzzer.TryFiles(path);
  const absl::Duration length = absl::Seconds(absl::GetFlag(FLAGS_seconds));
  const absl::Time end = absl::Now() + length;
  for (uint64_t left = absl::GetFlag(FLAGS_runs);
       length > absl::ZeroDuration() ? absl::Now() < end : left > 0; --left) {
    fuzzer.Try(fuzzer.Make(absl::GetFlag(FLAGS_max_bytes)));
  }
  fuzzer.PrintSummary();
}

void FuzzOne(const std::string& escaped) {
  std::string input, error;
  if (!absl::CUnescape(escaped, &input, &error)) {
    Die(absl::StrCat("--input is not C-escaped: ", error));
  }
  Mutator mutator(0, {});
  Fuzzer fuzzer(&mutator);
  fuzzer.Try(input);
  fuzzer.PrintSummary();
}

}  // namespace
}  // namespace exactmean

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size,
                                   size_t max_size) {
  std::string bytes(exactmean::InputText(data, size));
  exactmean::the_mutator->Mutate(max_size, &bytes);
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  const std::vector<std::string> paths =
      exactmean::ParseCommandLine(argc, argv, exactmean::kUsage, __FILE__);
  std::string name = std::filesystem::path(argv[0]).filename().string();
  exactmean::program_name = &name;
  for (const int number : {SIGABRT, SIGALRM}) {
    signal(number, &exactmean::OnSignal);
  }
  const std::string input = absl::GetFlag(FLAGS_input);
  if (input.empty()) {
    exactmean::Fuzz(paths);
  } else {
    exactmean::FuzzOne(input);
  }
  return 0;
}

// Configuration text to settings: errors with their place or their field, never
// with a secret; or settings that hold what they promise, and a decoder and a
// state that work with them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/text_format.h"
#include "processor/config/config_text.h"
#include "processor/config/load_config.h"
#include "processor/config/settings.h"
#include "processor/decoder/decoder.h"
#include "processor/log.h"
#include "proto/config.pb.h"
#include "state/fingerprint.h"
#include "state/partition_state.h"
#include "tests/fuzz/proto_mutator.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

constexpr absl::string_view kSecret = "hunter2hunter2";
// Begins on a line of its own: no quote before it can reach it.
constexpr absl::string_view kWithSecret =
    "\nkafka { property { key: \"sasl.password\" value: "
    "\"hunter2hunter2\" } }\n";
// A stray quote within the quotes.
constexpr absl::string_view kWithStraySecret =
    "\nkafka { property { key: \"sasl.password\" value: "
    "\"x\"hunter2hunter2\" } }\n";
constexpr int64_t kCentury = 36500 * int64_t{86'400'000'000};

// "fuzz:7:3: what"
bool HasPlace(absl::string_view line, int lines) {
  const std::vector<std::string> parts =
      absl::StrSplit(line, absl::MaxSplits(':', 3));
  int at_line = 0, column = 0;
  return parts.size() == 4 && parts[0] == "fuzz" &&
         absl::SimpleAtoi(parts[1], &at_line) && at_line >= 1 &&
         at_line <= lines && absl::SimpleAtoi(parts[2], &column) &&
         column >= 1 && parts[3].size() > 1;
}

void CheckRefusal(const absl::Status& status) {
  const absl::string_view message = status.message();
  FUZZ_CHECK(absl::IsInvalidArgument(status), status.ToString());
  FUZZ_CHECK(!message.empty(), "no message");
  FUZZ_CHECK(!absl::StrContains(message, kSecret), status.ToString());
  for (const char c : message) {
    FUZZ_CHECK(absl::ascii_isprint(c) || c == '\n', status.ToString());
  }
}

void CheckText(const std::string& text) {
  config::Config config;
  const absl::Status status = MergeConfigText("fuzz", text, &config);
  if (status.ok()) return;
  CheckRefusal(status);
  const int lines =
      1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    FUZZ_CHECK(HasPlace(line, lines), std::string(line));
  }
}

bool IsName(absl::string_view name, size_t max, absl::string_view marks) {
  if (name.empty() || name.size() > max || name == "." || name == "..") {
    return false;
  }
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains(marks, {&c, 1})) {
      return false;
    }
  }
  return true;
}

bool IsSound(const WindowSpec& window) {
  const bool length_is_sound =
      window.length_us >= 1 && window.length_us <= kCentury;
  switch (window.kind) {
    case WindowSpec::Kind::kCount:
      return window.size >= 1 && window.size <= 65536;
    case WindowSpec::Kind::kTimeExact:
      return length_is_sound;
    case WindowSpec::Kind::kTimePanes:
      return length_is_sound && window.resolution_us >= 1 &&
             window.length_us % window.resolution_us == 0 &&
             window.length_us / window.resolution_us <= 100000;
    case WindowSpec::Kind::kEwmaRecords:
      return window.alpha > 0 && window.alpha <= 1;
    case WindowSpec::Kind::kEwmaHalfLife:
      return window.half_life_us >= 1 && window.half_life_us <= kCentury;
    case WindowSpec::Kind::kCumulative:
      return true;
  }
  return false;
}

void CheckState(const StateSpec& state) {
  const std::string text = FingerprintOf(state).text;
  // A line for each rule and window: no name or text can forge another.
  const size_t rules = state.step.empty() ? 3 : 4;
  FUZZ_CHECK(std::count(text.begin(), text.end(), '\n') + 1 ==
                 static_cast<int>(rules + state.windows.size()),
             text);
  FUZZ_CHECK(!state.windows.empty() && state.windows.size() <= 64, text);
  std::set<std::string> names;
  for (const WindowSpec& window : state.windows) {
    FUZZ_CHECK(IsName(window.name, 64, "_"), window.name);
    FUZZ_CHECK(names.insert(window.name).second, window.name);
    FUZZ_CHECK(IsSound(window), text);
  }
  const int64_t grace = state.grace_us.value_or(0);
  const int64_t ttl = state.idle_key_ttl_us.value_or(1);
  FUZZ_CHECK(grace >= 0 && grace <= kCentury, text);
  FUZZ_CHECK(ttl >= 1 && ttl <= kCentury, text);
}

void CheckSource(const SourceSpec& source) {
  if (source.format == SourceSpec::Format::kCsv) {
    FUZZ_CHECK(source.value_column >= 1, Describe(source));
    FUZZ_CHECK(
        source.csv_columns == 0 || (source.value_column <= source.csv_columns &&
                                    source.time_column <= source.csv_columns),
        Describe(source));
    FUZZ_CHECK((source.time_column >= 1) ==
                   (source.time_format != TimeFormat::kRecordTimestamp),
               Describe(source));
  }
  const std::unique_ptr<Decoder> decoder = MakeDecoder(source);
  for (const absl::string_view value :
       {"1", "{\"a\":1,\"t\":\"2015-01-31\"}", "1,2,3", ""}) {
    LogRecord record;
    record.timestamp_ms = 0;
    record.value = value;
    const absl::StatusOr<Sample> sample = decoder->Decode(record);
    FUZZ_CHECK(sample.ok() || absl::IsInvalidArgument(sample.status()),
               sample.status().ToString());
  }
}

// A state under these windows folds, is written, and proves itself.
void CheckFold(const StateSpec& spec) {
  const Pipeline pipeline(spec, {"app", "in", 1});
  PartitionState state(&pipeline, Partition(0));
  state.StartEmpty(Offset(0));
  for (int i = 0; i < 5; ++i) {
    state.Apply(Offset(i), "key",
                {i * 1e139, EventTime(int64_t{1'000'000'007} * i)});
  }
  const ChangeSet changes = state.Changes("writer");
  PartitionState again(&pipeline, Partition(0));
  for (size_t i = 0; i < changes.size(); ++i) {
    FUZZ_CHECK(again.Restore(changes.key(i), changes.value(i)).ok(), "restore");
  }
  FUZZ_CHECK(again.Restore("__exactmean/checkpoint", changes.checkpoint()).ok(),
             "checkpoint");
  const absl::StatusOr<bool> proven = again.FinishRestore();
  FUZZ_CHECK(proven.ok() && *proven, proven.status().ToString());
  for (const Average& average : again.AveragesOf("key")) {
    FUZZ_CHECK(std::isfinite(average.average), "not finite");
  }
}

void CheckSettings(const Settings& settings) {
  const std::string shown = DescribeSettings(settings);
  FUZZ_CHECK(!absl::StrContains(shown, kSecret), shown);
  FUZZ_CHECK(IsName(settings.application_id, 200, "._-"), shown);
  FUZZ_CHECK(IsName(settings.input_topic, 249, "._-"), shown);
  FUZZ_CHECK(IsName(settings.results_topic, 249, "._-"), shown);
  FUZZ_CHECK(settings.updates_topic.empty() ||
                 IsName(settings.updates_topic, 249, "._-"),
             shown);
  FUZZ_CHECK(settings.results_topic != settings.input_topic, shown);
  FUZZ_CHECK(settings.updates_topic != settings.input_topic, shown);
  FUZZ_CHECK(settings.updates_topic != settings.results_topic, shown);
  FUZZ_CHECK(!settings.bootstrap_servers.empty(), shown);
  FUZZ_CHECK(settings.workers >= 1 && settings.workers <= 64, shown);
  FUZZ_CHECK(settings.commit_max_records >= 1, shown);
  FUZZ_CHECK(settings.commit_interval >= absl::ZeroDuration(), shown);
  FUZZ_CHECK(settings.transaction_timeout >= 2 * settings.commit_interval,
             shown);
  FUZZ_CHECK(settings.transaction_timeout >= absl::Seconds(1), shown);
  FUZZ_CHECK(settings.session_timeout >= absl::Seconds(1), shown);
  FUZZ_CHECK(settings.state.source == Describe(settings.source), shown);
  CheckState(settings.state);
  CheckSource(settings.source);
  CheckFold(settings.state);
}

void CheckConfig(const std::string& text) {
  CheckText(absl::StrCat(text, kWithSecret));
  CheckText(absl::StrCat(text, kWithStraySecret));
  ConfigArgs args;
  args.instance_id = "fuzz";
  if (!absl::StrContains(text, "bootstrap_servers")) {
    args.bootstrap_servers = "localhost:9092";
  }
  args.overrides = {text, std::string(kWithSecret)};
  const absl::StatusOr<Settings> settings = LoadSettings(args);
  if (!settings.ok()) return CheckRefusal(settings.status());
  CheckSettings(*settings);
  // Merged over itself it is the same.
  args.overrides.insert(args.overrides.begin(), text);
  const absl::StatusOr<Settings> twice = LoadSettings(args);
  FUZZ_CHECK(twice.ok(), twice.status().ToString());
  FUZZ_CHECK(DescribeSettings(*twice) == DescribeSettings(*settings), text);
}

}  // namespace
}  // namespace exactmean

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  exactmean::CheckConfig(std::string(exactmean::InputText(data, size)));
  return 0;
}

namespace exactmean {
namespace {

constexpr absl::string_view kSound = R"(
application_id: "p" input { topic: "i" json { value: "/a" } }
results { topic: "r" }
window { name: "c" count { size: 20 } }
window { name: "t" time { length: "1h" resolution: "1m" } }
window { name: "a" ewma { alpha: 0.1 } }
window { name: "h" ewma { half_life: "10m" } })";

// Changes `text` by its fields if it is a configuration, else a sound one:
// what is not even one is seldom mended by chance.
std::string MutateConfig(absl::string_view text, std::mt19937_64* random) {
  config::Config config;
  if ((*random)() % 2 == 0 || !MergeConfigText("", text, &config).ok()) {
    config.Clear();
    FUZZ_CHECK(MergeConfigText("", kSound, &config).ok(), "not sound");
  }
  if ((*random)() % 2 == 0 && config.window_size() > 0) {
    MutateMessage(random, config.mutable_window(static_cast<int>(
                              (*random)() %
                              static_cast<uint64_t>(config.window_size()))));
  } else {
    MutateMessage(random, &config);
  }
  std::string changed;
  google::protobuf::TextFormat::PrintToString(config, &changed);
  return changed;
}

}  // namespace
}  // namespace exactmean

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned int seed) {
  std::mt19937_64 random(seed);
  if (random() % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::string changed =
      exactmean::MutateConfig(exactmean::InputText(data, size), &random);
  if (changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}

// Layouts of `dlq`.

#include "tools/inspect/dlq/render.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "tools/inspect/json_object.h"
#include "tools/inspect/key_filter.h"
#include "tools/inspect/table.h"
#include "tools/inspect/text/format.h"

namespace exactmean {
namespace {

std::string When(absl::Time time) { return TimeText(absl::ToUnixMicros(time)); }

std::string TimestampText(int64_t milliseconds) {
  return milliseconds == -1 ? "none" : TimeText(milliseconds * 1000);
}

// For people: a quote stays one.
std::string Readable(const std::string& bytes) {
  return absl::StrReplaceAll(PrintableKey(bytes),
                             {{"\\\\", "\\\\"}, {"\\\"", "\""}, {"\\'", "'"}});
}

std::string BytesText(const absl::optional<std::string>& bytes) {
  return bytes.has_value() ? Readable(*bytes) : "(null)";
}

JsonObject& AddBytes(const std::string& name,
                     const absl::optional<std::string>& bytes,
                     JsonObject* object) {
  return bytes.has_value() ? object->AddBytes(name, *bytes)
                           : object->AddNull(name);
}

std::string StateText(const LetterInfo& letter) {
  if (letter.waits()) return "waiting";
  return letter.redriven ? "redriven" : "read again";
}

struct Count {
  uint64_t waiting = 0, redriven = 0, read_again = 0;
  int attempts = 0;  // the most
  absl::Time first = absl::InfiniteFuture(), last = absl::InfinitePast();
};

std::string Counts(const LetterIndex& index, const LetterFilter& filter,
                   const Terminal& terminal) {
  Table table({0, 1, 6, 7});
  table.Add({"PARTITION", "KIND", "WAITING", "REDRIVEN", "READ AGAIN",
             "ATTEMPTS", "FIRST", "LAST"});
  for (const auto& [partition, of] : index) {
    std::map<std::string, Count> kinds;
    for (const auto& [offset, letter] : of.letters) {
      if (!filter.Matches(letter)) continue;
      Count& count = kinds[letter.origin.kind];
      ++(letter.redriven     ? count.redriven
         : letter.read_again ? count.read_again
                             : count.waiting);
      count.attempts = std::max(count.attempts, letter.origin.attempts);
      count.first = std::min(count.first, letter.origin.time);
      count.last = std::max(count.last, letter.origin.time);
    }
    for (const auto& [kind, count] : kinds) {
      table.Add({absl::StrCat(partition.value()), kind,
                 absl::StrCat(count.waiting), absl::StrCat(count.redriven),
                 absl::StrCat(count.read_again), absl::StrCat(count.attempts),
                 When(count.first), When(count.last)});
    }
  }
  return table.ToString(terminal);
}

using PlacedLetter =
    std::pair<Partition, const std::pair<const Offset, LetterInfo>*>;

// Those that are meant by when they were found, the newest `limit` (0: all);
// then in their order again.
std::vector<PlacedLetter> Newest(const LetterIndex& index,
                                 const LetterFilter& filter, size_t limit) {
  std::vector<PlacedLetter> meant;
  for (const auto& [partition, of] : index) {
    for (const auto& letter : of.letters) {
      if (filter.Matches(letter.second)) meant.emplace_back(partition, &letter);
    }
  }
  if (limit == 0 || limit >= meant.size()) return meant;
  std::stable_sort(meant.begin(), meant.end(),
                   [](const PlacedLetter& a, const PlacedLetter& b) {
                     return a.second->second.origin.time >
                            b.second->second.origin.time;
                   });
  meant.resize(limit);
  std::sort(meant.begin(), meant.end(),
            [](const PlacedLetter& a, const PlacedLetter& b) {
              return std::make_pair(a.first, a.second->first) <
                     std::make_pair(b.first, b.second->first);
            });
  return meant;
}

JsonObject OriginJson(Partition partition, Offset offset,
                      const DeadLetterOrigin& origin) {
  JsonObject object;
  object.Add("partition", partition.value())
      .Add("offset", offset.value())
      .Add("input_topic", origin.topic)
      .Add("input_partition", origin.partition.value())
      .Add("input_offset", origin.offset.value())
      .Add("kind", origin.kind)
      .Add("error", origin.error)
      .Add("attempts", origin.attempts)
      .Add("time", When(origin.time));
  if (origin.tries > 0) object.Add("tries", origin.tries);
  if (origin.timestamp_ms == -1) {
    object.AddNull("timestamp");
  } else {
    object.Add("timestamp", TimestampText(origin.timestamp_ms));
  }
  return object;
}

}  // namespace

std::string LettersText(const LetterIndex& index, const LetterFilter& filter,
                        size_t limit, const Terminal& terminal) {
  const std::vector<PlacedLetter> meant = Newest(index, filter, limit);
  if (meant.empty()) return "";
  Table table({0, 2, 3, 5, 6, 7});
  table.Add({"LETTER", "INPUT OFFSET", "FOUND", "KIND", "ATTEMPTS", "STATE",
             "KEY", "ERROR"});
  for (const auto& [partition, letter] : meant) {
    const LetterInfo& info = letter->second;
    table.Add({absl::StrCat(partition.value(), "/", letter->first.value()),
               absl::StrCat(info.origin.offset.value()), When(info.origin.time),
               info.origin.kind, absl::StrCat(info.origin.attempts),
               StateText(info), BytesText(info.key),
               Readable(info.origin.error)});
  }
  return absl::StrCat(Counts(index, filter, terminal), "\n",
                      table.ToString(terminal));
}

std::string LettersJson(const LetterIndex& index, const LetterFilter& filter,
                        size_t limit) {
  std::string out;
  for (const auto& [partition, placed] : Newest(index, filter, limit)) {
    const auto& [offset, letter] = *placed;
    JsonObject object = OriginJson(partition, offset, letter.origin);
    AddBytes("key", letter.key, &object)
        .Add("redriven", letter.redriven)
        .Add("read_again", letter.read_again);
    absl::StrAppend(&out, object.ToString(), "\n");
  }
  return out;
}

std::string LetterText(Partition partition, Offset offset,
                       const ParsedDeadLetter& letter) {
  const DeadLetterOrigin& origin = letter.origin;
  std::string out = absl::StrCat(
      "letter     ", partition.value(), "/", offset.value(), "\ninput      ",
      origin.topic, ", partition ", origin.partition.value(), ", offset ",
      origin.offset.value(), "\nerror      ", origin.kind, ": ",
      Readable(origin.error), "\nfound      ", When(origin.time), " by ",
      origin.application, "\nattempts   ", origin.attempts, "\ntimestamp  ",
      TimestampText(origin.timestamp_ms), "\n");
  for (const RecordHeader& header : letter.record.headers) {
    absl::StrAppend(&out, "header     ", Readable(header.name), ": ",
                    BytesText(header.value), "\n");
  }
  return absl::StrCat(out, "key        ", BytesText(letter.record.key),
                      "\nvalue      ", BytesText(letter.record.value), "\n");
}

std::string LetterJson(Partition partition, Offset offset,
                       const ParsedDeadLetter& letter) {
  JsonObject object = OriginJson(partition, offset, letter.origin);
  object.Add("application", letter.origin.application);
  std::vector<std::string> headers;
  for (const RecordHeader& header : letter.record.headers) {
    JsonObject one;
    one.AddBytes("name", header.name);
    headers.push_back(AddBytes("value", header.value, &one).ToString());
  }
  AddBytes("key", letter.record.key, &object);
  AddBytes("value", letter.record.value, &object);
  return absl::StrCat(object.AddRaw("headers", JsonArray(headers)).ToString(),
                      "\n");
}

std::string RedriveText(const std::vector<PartitionRedrive>& plan) {
  Table table;
  table.Add({"PARTITION", "TO REDRIVE", "DONE BEFORE", "READ AGAIN",
             "NOT MEANT", "GIVEN UP", "OTHER INPUT", "FOREIGN"});
  for (const PartitionRedrive& one : plan) {
    table.Add({absl::StrCat(one.partition.value()),
               absl::StrCat(one.letters.size()), absl::StrCat(one.redriven),
               absl::StrCat(one.read_again), absl::StrCat(one.not_meant),
               absl::StrCat(one.given_up), absl::StrCat(one.other_input),
               absl::StrCat(one.foreign)});
  }
  return table.ToString();
}

std::string RedriveJson(const std::vector<PartitionRedrive>& plan,
                        bool executed) {
  std::string out;
  for (const PartitionRedrive& one : plan) {
    JsonObject object;
    object.Add("partition", one.partition.value())
        .Add("to_redrive", one.letters.size())
        .Add("done_before", one.redriven)
        .Add("read_again", one.read_again)
        .Add("not_meant", one.not_meant)
        .Add("given_up", one.given_up)
        .Add("other_input", one.other_input)
        .Add("foreign", one.foreign)
        .Add("executed", executed
                             ? one.done == one.letters.size()
                             : one.done > 0 && one.done == one.letters.size())
        .Add("done", one.done);
    absl::StrAppend(&out, object.ToString(), "\n");
  }
  return out;
}

}  // namespace exactmean

// Reading a dead-letter topic.

#include "tools/inspect/dlq/letter_index.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tools/inspect/dlq/offset_ranges.h"
#include "tools/inspect/dlq/read_again_mark.h"
#include "tools/inspect/dlq/redrive_mark.h"

namespace exactmean {
namespace {

void PassBy(const ReadAgain& again, PartitionLetters* to) {
  for (auto& [offset, letter] : to->letters) {
    if (letter.origin.topic == again.topic &&
        Contains(again.offsets, letter.origin.offset)) {
      letter.read_again = true;
    }
  }
}

// Of several dead letters of one record the newest counts. Once one of them was
// redriven, the record is in the input a second time. The timestamp tells it
// from the record of a topic that was made anew.
void Unite(PartitionLetters* all) {
  using Record =
      std::tuple<absl::string_view, Partition, Offset, int64_t /*timestamp*/>;
  absl::flat_hash_map<Record, LetterInfo*> newest;
  for (auto& [offset, letter] : all->letters) {
    const DeadLetterOrigin& origin = letter.origin;
    LetterInfo*& last = newest[{origin.topic, origin.partition, origin.offset,
                                origin.timestamp_ms}];
    if (last != nullptr) {
      last->read_again = true;
      letter.redriven |= last->redriven;
    }
    last = &letter;
  }
}

absl::Status Accept(const LogRecord& record, const std::string& application,
                    PartitionLetters* to) {
  OwnedRecord copy;
  if (!CopyRecord(record, &copy).ok()) {
    ++to->foreign;
    return absl::OkStatus();
  }
  const auto mark = ParseMark(copy);
  if (!mark.ok()) return mark.status();
  if (mark->has_value()) {
    for (const Offset offset : **mark) {
      const auto letter = to->letters.find(offset);
      // Retention may have taken it.
      if (letter != to->letters.end()) letter->second.redriven = true;
    }
    return absl::OkStatus();
  }
  const auto again = ParseReadAgain(copy);
  if (!again.ok()) return again.status();
  if (again->has_value()) {
    if ((*again)->application == application) PassBy(**again, to);
    return absl::OkStatus();
  }
  auto parsed = ParseDeadLetter(std::move(copy));
  if (!parsed.ok() || parsed->origin.application != application) {
    ++to->foreign;
    return absl::OkStatus();
  }
  LetterInfo& letter = to->letters[record.offset];
  letter.origin = std::move(parsed->origin);
  letter.key = std::move(parsed->record.key);
  return absl::OkStatus();
}

}  // namespace

bool LetterFilter::Matches(const LetterInfo& letter) const {
  if (!kind.empty() && letter.origin.kind != kind) return false;
  if (since.has_value() && letter.origin.time < *since) return false;
  if (!by_key) return true;
  return letter.key.has_value() && keys.Matches(*letter.key);
}

absl::StatusOr<LetterIndex> ReadLetters(TopicReader* reader,
                                        absl::Span<const Partition> partitions,
                                        const std::string& application,
                                        const ScanOptions& options) {
  LetterIndex index;
  const absl::Status read =
      ReadOn(reader, partitions, application, options, &index);
  if (!read.ok()) return read;
  return index;
}

absl::Status ReadOn(TopicReader* reader, absl::Span<const Partition> partitions,
                    const std::string& application, const ScanOptions& options,
                    LetterIndex* index) {
  auto stretches = CommittedPartitions(reader, partitions, options);
  if (!stretches.ok()) return stretches.status();
  for (Stretch& stretch : *stretches) {
    PartitionLetters& of = (*index)[stretch.partition];
    of.held_back = stretch.held_back;
    stretch.from = std::min(std::max(stretch.from, of.end), stretch.to);
  }
  const auto ends =
      Scan(reader, *stretches, options, [&](const LogRecord& record) {
        return Accept(record, application, &(*index)[record.partition]);
      });
  if (!ends.ok()) return ends.status();
  for (const StretchEnd& end : *ends) {
    (*index)[end.partition].end = end.position;
    (*index)[end.partition].held_back |= end.held_back;
  }
  for (auto& [partition, letters] : *index) Unite(&letters);
  return absl::OkStatus();
}

absl::Status CheckWhole(const LetterIndex& index, absl::string_view what) {
  for (const auto& [partition, letters] : index) {
    if (!letters.held_back) continue;
    return absl::UnavailableError(absl::StrCat(
        "partition ", partition.value(),
        " of the dead-letter topic: a transaction is open from offset ",
        letters.end.value(), " on, and ", what,
        " may lie behind it. It ends by its timeout at the latest: run it "
        "again, or with a longer --patience"));
  }
  return absl::OkStatus();
}

absl::StatusOr<ParsedDeadLetter> ReadLetter(TopicReader* reader,
                                            Partition partition, Offset offset,
                                            const ScanOptions& options) {
  const auto range = reader->Range(partition);
  if (!range.ok()) return range.status();
  absl::StatusOr<ParsedDeadLetter> found =
      Stop(StopReason::kNotFound,
           absl::NotFoundError(absl::StrCat(
               "no dead letter at offset ", offset.value(), " of partition ",
               partition.value(), ", which holds offsets ", range->low.value(),
               " to before ", range->high.value(), ": `dlq list` shows them")));
  if (offset < range->low || offset >= range->high) return found;
  const Stretch one = {partition, offset, Next(offset)};
  const auto read = Scan(reader, {one}, options, [&](const LogRecord& record) {
    OwnedRecord copy;
    const absl::Status copied = CopyRecord(record, &copy);
    if (!copied.ok()) return copied;
    found = ParseDeadLetter(std::move(copy));
    return absl::OkStatus();
  });
  if (!read.ok()) return read.status();
  return found;
}

}  // namespace exactmean

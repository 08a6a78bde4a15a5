// Reading and checking of dead letters.

#include "tests/dead_letter/dead_letters.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/bad_record_policy.h"
#include "tests/broker/kafka.h"
#include "tests/world/model.h"

namespace exactmean {

std::string DeadLetterTopic(const BrokerPipeline& pipeline) {
  return absl::StrCat(pipeline.application(), "-dead");
}

absl::Status KeepBadRecords(BrokerPipeline* pipeline, bool make_topic) {
  pipeline->on_bad_record = BadRecordPolicy::kDeadLetter;
  absl::StrAppend(&pipeline->extra_config,
                  " on_bad_record: DEAD_LETTER dead_letters { topic: \"",
                  DeadLetterTopic(*pipeline), "\" }");
  if (!make_topic) return absl::OkStatus();
  return pipeline->client().CreateTopic(
      DeadLetterTopic(*pipeline), pipeline->partitions(),
      {{"retention.ms", "-1"}, {"max.message.bytes", "8388608"}});
}

absl::StatusOr<std::vector<ParsedDeadLetter>> ReadDeadLetters(
    BrokerPipeline* pipeline) {
  auto records = pipeline->client().ReadTopic(DeadLetterTopic(*pipeline));
  if (!records.ok()) return records.status();
  std::vector<ParsedDeadLetter> letters;
  for (Record& record : *records) {
    // A mark of a redrive, or of a rewind.
    if (!record.headers.empty() &&
        (record.headers[0].name == "exactmean.redriven" ||
         record.headers[0].name == "exactmean.read_again")) {
      continue;
    }
    const int64_t timestamp = record.timestamp_ms;
    const Partition partition = record.partition;
    auto parsed =
        ParseDeadLetter({std::move(record.key), std::move(record.value),
                         std::move(record.headers), timestamp});
    if (!parsed.ok()) return parsed.status();
    if (parsed->record.timestamp_ms != timestamp ||
        parsed->origin.partition != partition ||
        parsed->origin.topic != pipeline->input() ||
        parsed->origin.application != pipeline->application()) {
      return absl::InternalError(absl::StrCat(
          "dead letter ", record.offset.value(), " says something else of ",
          "where it comes from, or of its time"));
    }
    letters.push_back(*std::move(parsed));
  }
  return letters;
}

absl::Status CheckDeadLetters(BrokerPipeline* pipeline) {
  const auto letters = ReadDeadLetters(pipeline);
  if (!letters.ok()) return letters.status();
  const auto input = pipeline->client().ReadTopic(pipeline->input());
  if (!input.ok()) return input.status();
  std::map<Partition, std::vector<const ParsedDeadLetter*>> got;
  for (const ParsedDeadLetter& letter : *letters) {
    got[letter.origin.partition].push_back(&letter);
  }
  std::map<Partition, std::vector<const Record*>> want;
  for (const Record& record : *input) {
    if (pipeline->ToModel(record).kind == ModelRecord::Kind::kBad) {
      want[record.partition].push_back(&record);
    }
  }
  for (const auto& [partition, bad] : want) {
    const auto& own = got[partition];
    for (size_t i = 0; i < bad.size(); ++i) {
      const OwnedRecord* kept = i < own.size() ? &own[i]->record : nullptr;
      if (kept == nullptr || own[i]->origin.offset != bad[i]->offset ||
          kept->key != bad[i]->key || kept->value != bad[i]->value ||
          kept->headers != bad[i]->headers ||
          kept->timestamp_ms != bad[i]->timestamp_ms) {
        return absl::InternalError(absl::StrCat(
            "partition ", partition.value(), ": the bad record at offset ",
            bad[i]->offset.value(), " is not the next dead letter"));
      }
    }
  }
  for (const auto& [partition, own] : got) {
    if (own.size() == want[partition].size()) continue;
    return absl::InternalError(
        absl::StrCat("partition ", partition.value(), ": ", own.size(),
                     " dead letters, want ", want[partition].size()));
  }
  return absl::OkStatus();
}

}  // namespace exactmean

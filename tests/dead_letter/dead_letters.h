// Dead letters of a pipeline of the shipped binary, held against its input.

#ifndef EXACTMEAN_TESTS_DEAD_LETTER_DEAD_LETTERS_H_
#define EXACTMEAN_TESTS_DEAD_LETTER_DEAD_LETTERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "processor/dead_letter/dead_letter.h"
#include "tests/broker/pipeline.h"

namespace exactmean {

// "<application>-dead".
std::string DeadLetterTopic(const BrokerPipeline& pipeline);

// Sets the policy, and makes the topic unless it is to be missing.
absl::Status KeepBadRecords(BrokerPipeline* pipeline, bool make_topic = true);

// The committed ones, in the order of their partitions; marks left out.
absl::StatusOr<std::vector<ParsedDeadLetter>> ReadDeadLetters(
    BrokerPipeline* pipeline);

// They are the bad records of the whole input, each once, in order, with the
// bytes, headers and timestamps that those have.
absl::Status CheckDeadLetters(BrokerPipeline* pipeline);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_DEAD_LETTER_DEAD_LETTERS_H_

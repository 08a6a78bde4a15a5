// Which records were given up, as the dead letters of a pipeline say.

#ifndef EXACTMEAN_TOOLS_INSPECT_DLQ_GIVEN_UP_H_
#define EXACTMEAN_TOOLS_INSPECT_DLQ_GIVEN_UP_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "processor/sample_reader.h"
#include "processor/topic_reader.h"
#include "tools/inspect/dlq/letter_index.h"
#include "tools/inspect/scan.h"

namespace exactmean {

// Holds all dead letters, as a LetterIndex: asked again, it reads no more than
// what is new.
class GivenUpLetters {
 public:
  // `letters` reads committed.
  GivenUpLetters(std::unique_ptr<TopicReader> letters, std::string application,
                 std::string input_topic, ScanOptions options)
      : letters_(std::move(letters)),
        application_(std::move(application)),
        input_topic_(std::move(input_topic)),
        options_(std::move(options)) {}

  // By now. kUnavailable: an open transaction may hide some.
  absl::StatusOr<GivenUp> Read();

 private:
  const std::unique_ptr<TopicReader> letters_;
  const std::string application_;
  const std::string input_topic_;
  const ScanOptions options_;
  LetterIndex index_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_DLQ_GIVEN_UP_H_

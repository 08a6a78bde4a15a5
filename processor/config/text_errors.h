// Makes the parse errors of a text-format configuration fit for its author.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_TEXT_ERRORS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_TEXT_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/io/tokenizer.h"

namespace exactmean {

// Collects errors as "name:line:column: what", lines and columns from 1, with
// the nearest known name where one is misspelt. Apart from names of fields and
// of enum values, nothing of the text is repeated: it may hold secrets.
class TextErrors : public google::protobuf::io::ErrorCollector {
 public:
  // `name` is the file's; both outlive this object.
  TextErrors(absl::string_view name, absl::string_view text)
      : name_(name), text_(text) {}

  void AddError(int line, int column, const std::string& message) override;

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void Add(int line, int column, absl::string_view what);
  void AddAtWord(int line, int column, absl::string_view word,
                 absl::string_view what);

  const absl::string_view name_;
  const absl::string_view text_;
  std::vector<std::string> lines_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_TEXT_ERRORS_H_

// What tests of JSON ask: is it what the command's help says?

#ifndef EXACTMEAN_TOOLS_INSPECT_HELP_SCHEMA_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_HELP_SCHEMA_TESTING_H_

#include <string>

namespace exactmean {

// A window of this name: members that are named after windows stand out.
constexpr char kWindow[] = "WINDOW";
// A key that is no UTF-8.
constexpr char kNoText[] = "\xff";

// The help of the command `name`: a test failure when there is none.
std::string DescriptionOf(const std::string& name);

// Each member in `json` is a word of the paragraph on JSON in the help of the
// command `name`. And each word of that is a member, or one of `prose`: values,
// and what is said of them. A member that is renamed fails by both its names.
void ExpectDocumented(const std::string& name, const std::string& json,
                      const std::string& prose);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_HELP_SCHEMA_TESTING_H_

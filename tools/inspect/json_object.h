// JSON objects, a member at a time.

#ifndef EXACTMEAN_TOOLS_INSPECT_JSON_OBJECT_H_
#define EXACTMEAN_TOOLS_INSPECT_JSON_OBJECT_H_

#include <cstdint>
#include <string>
#include <type_traits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "processor/json.h"
#include "state/types.h"

namespace exactmean {

// Members in the order in which they were added; names are not checked for
// repetition.
class JsonObject {
 public:
  JsonObject& Add(absl::string_view name, absl::string_view text) {
    return AddRaw(name, JsonString(text));
  }
  JsonObject& Add(absl::string_view name, const char* text) {
    return Add(name, absl::string_view(text));
  }
  template <typename T, std::enable_if_t<std::is_arithmetic<T>::value, int> = 0>
  JsonObject& Add(absl::string_view name, T value) {
    if constexpr (std::is_same<T, bool>::value) {
      return AddRaw(name, value ? "true" : "false");
    } else if constexpr (std::is_floating_point<T>::value) {
      return AddRaw(name, JsonNumber(value));
    } else {
      return AddRaw(name, absl::StrCat(value));
    }
  }
  template <typename Tag, typename Rep>
  JsonObject& Add(absl::string_view name, StrongInt<Tag, Rep> value) {
    return Add(name, value.value());
  }
  // Without a value: null.
  template <typename T>
  JsonObject& Add(absl::string_view name, const absl::optional<T>& value) {
    return value.has_value() ? Add(name, *value) : AddNull(name);
  }
  // As text, and as "NAME_base64", too, when they are no UTF-8.
  JsonObject& AddBytes(absl::string_view name, absl::string_view bytes) {
    Add(name, bytes);
    if (!IsUtf8(bytes)) {
      Add(absl::StrCat(name, "_base64"), absl::Base64Escape(bytes));
    }
    return *this;
  }
  JsonObject& AddKey(absl::string_view key) { return AddBytes("key", key); }
  JsonObject& AddNull(absl::string_view name) { return AddRaw(name, "null"); }
  // `json` is JSON already.
  JsonObject& AddRaw(absl::string_view name, absl::string_view json) {
    absl::StrAppend(&members_, members_.empty() ? "" : ",", JsonString(name),
                    ":", json);
    return *this;
  }
  const std::string& members() const { return members_; }
  std::string ToString() const { return absl::StrCat("{", members_, "}"); }

 private:
  std::string members_;
};

// An array of what is JSON already.
inline std::string JsonArray(absl::Span<const std::string> json) {
  return absl::StrCat("[", absl::StrJoin(json, ","), "]");
}

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_JSON_OBJECT_H_

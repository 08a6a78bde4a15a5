// CurrencySteps.

#include "examples/currency/currency_step.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "examples/currency/rate_client.h"
#include "examples/currency/request_limit.h"
#include "simdjson.h"

namespace exactmean {
namespace {

// More are forgotten, all at once: it is a cache, and no store.
constexpr size_t kMostRates = 100000;

class CurrencyStep final : public Step {
 public:
  CurrencyStep(std::string to, std::string pointer, absl::Duration keep,
               absl::Duration timeout, int max_requests,
               std::unique_ptr<RateClient> client,
               std::shared_ptr<RequestLimit> limit)
      : to_(std::move(to)),
        pointer_(std::move(pointer)),
        keep_(keep),
        timeout_(timeout),
        max_requests_(max_requests),
        client_(std::move(client)),
        limit_(std::move(limit)) {}

  absl::StatusOr<absl::optional<Sample>> Apply(
      const StepRecord& record) override {
    if (!record.decoded.ok()) return record.decoded.status();
    Sample sample = *record.decoded;
    absl::string_view currency;
    if (!Find(record.value, &currency)) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no currency at ", pointer_));
    }
    if (currency == to_) return sample;
    const absl::StatusOr<double> rate = RateOf(
        currency,
        absl::FormatTime("%Y-%m-%d", absl::FromUnixMicros(sample.time.value()),
                         absl::UTCTimeZone()));
    if (!rate.ok()) return rate.status();
    sample.value *= *rate;
    return sample;
  }

 private:
  struct Rate {
    double rate;
    absl::Time until;
  };

  bool Find(absl::string_view json, absl::string_view* currency) {
    std::string_view found;
    if (parser_.parse(json.data(), json.size())
            .at_pointer(pointer_)
            .get_string()
            .get(found) != simdjson::SUCCESS) {
      return false;
    }
    *currency = absl::string_view(found.data(), found.size());
    return true;
  }

  absl::StatusOr<double> RateOf(absl::string_view currency,
                                const std::string& day) {
    const std::string key = absl::StrCat(day, " ", currency);
    const absl::Time now = absl::Now();
    const auto known = rates_.find(key);
    if (known != rates_.end() && now < known->second.until) {
      return known->second.rate;
    }
    const auto turn = limit_->Wait(max_requests_, timeout_);
    if (turn == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("all ", max_requests_, " requests are under way"));
    }
    const absl::StatusOr<double> rate = client_->Ask(currency, to_, day);
    if (!rate.ok()) return rate;
    if (rates_.size() >= kMostRates) rates_.clear();
    rates_[key] = {*rate, now + keep_};
    return rate;
  }

  const std::string to_, pointer_;
  const absl::Duration keep_, timeout_;
  const int max_requests_;
  const std::unique_ptr<RateClient> client_;
  const std::shared_ptr<RequestLimit> limit_;
  simdjson::dom::parser parser_;
  absl::flat_hash_map<std::string, Rate> rates_;
};

// What `spec` says of one name, or the default.
std::string Value(const std::map<std::string, std::string>& values,
                  const char* name, const char* fallback) {
  const auto found = values.find(name);
  return found == values.end() ? fallback : found->second;
}

absl::Status Wrong(absl::string_view what, const std::string& value) {
  return absl::InvalidArgumentError(absl::StrCat(what, ", is \"", value, "\""));
}

// Each name that is there is one of these.
absl::Status CheckNames(const std::map<std::string, std::string>& values,
                        absl::string_view what,
                        const std::vector<std::string>& known) {
  for (const auto& [name, value] : values) {
    if (absl::c_linear_search(known, name)) continue;
    return absl::InvalidArgumentError(absl::StrCat("there is no ", what, " \"",
                                                   name, "\"; there are ",
                                                   absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Step>> Make(
    const StepSpec& spec, std::shared_ptr<RequestLimit> limit) {
  absl::Status names =
      CheckNames(spec.properties, "property", {"to", "currency"});
  names.Update(
      CheckNames(spec.options, "option",
                 {"url", "token", "timeout", "cache", "max_requests"}));
  if (!names.ok()) return names;
  const std::string to = Value(spec.properties, "to", "");
  if (to.empty()) return absl::InvalidArgumentError("give the property \"to\"");
  const std::string pointer = Value(spec.properties, "currency", "/currency");
  if (pointer.empty() || pointer[0] != '/') {
    return Wrong("currency must be a JSON pointer, as \"/currency\"", pointer);
  }
  absl::Duration timeout, keep;
  const std::string timeout_text = Value(spec.options, "timeout", "2s");
  if (!absl::ParseDuration(timeout_text, &timeout) ||
      timeout <= absl::ZeroDuration() || timeout > absl::Seconds(10)) {
    return Wrong("timeout must be above 0 and at most 10s", timeout_text);
  }
  const std::string keep_text = Value(spec.options, "cache", "1h");
  if (!absl::ParseDuration(keep_text, &keep) || keep < absl::ZeroDuration()) {
    return Wrong("cache must be a duration", keep_text);
  }
  int max_requests = 0;
  const std::string max_text = Value(spec.options, "max_requests", "4");
  if (!absl::SimpleAtoi(max_text, &max_requests) || max_requests < 1) {
    return Wrong("max_requests must be 1 or more", max_text);
  }
  auto client = RateClient::Create({Value(spec.options, "url", ""),
                                    Value(spec.options, "token", ""), timeout});
  if (!client.ok()) return client.status();
  return std::make_unique<CurrencyStep>(to, pointer, keep, timeout,
                                        max_requests, *std::move(client),
                                        std::move(limit));
}

}  // namespace

StepFactory CurrencySteps() {
  return [limit = std::make_shared<RequestLimit>()](const StepSpec& spec) {
    return Make(spec, limit);
  };
}

}  // namespace exactmean

// RateClient.

#include "examples/currency/rate_client.h"

#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace exactmean {
namespace {

absl::Status ErrorOf(int http_status, absl::string_view what) {
  if (http_status >= 500 || http_status == 429) {
    return absl::UnavailableError(what);
  }
  switch (http_status) {
    case 404:
      return absl::InvalidArgumentError(what);
    case 401:
    case 403:
      return absl::UnauthenticatedError(what);
    default:
      return absl::InternalError(what);
  }
}

}  // namespace

RateClient::RateClient(RateClientOptions options)
    : options_(std::move(options)), http_(options_.url) {
  const auto timeout = absl::ToChronoMicroseconds(options_.timeout);
  http_.set_connection_timeout(timeout);
  http_.set_read_timeout(timeout);
  http_.set_write_timeout(timeout);
  http_.set_keep_alive(true);
}

absl::StatusOr<std::unique_ptr<RateClient>> RateClient::Create(
    RateClientOptions options) {
  std::unique_ptr<RateClient> client(new RateClient(std::move(options)));
  const std::string& url = client->options_.url;
  if (client->http_.is_valid() &&
      (absl::StartsWith(url, "http://") || absl::StartsWith(url, "https://"))) {
    return client;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", client->options_.url, "\" is no URL as \"http://host:port\""));
}

absl::StatusOr<double> RateClient::Ask(absl::string_view from,
                                       absl::string_view to,
                                       absl::string_view day) {
  const httplib::Params params = {{"from", std::string(from)},
                                  {"to", std::string(to)},
                                  {"at", std::string(day)}};
  httplib::Headers headers;
  if (!options_.token.empty()) {
    headers.emplace("Authorization", absl::StrCat("Bearer ", options_.token));
  }
  // Bytes that come one by one keep no wait from ending.
  const absl::Time deadline = absl::Now() + options_.timeout;
  const auto answer =
      http_.Get("/rate", params, headers,
                [deadline](size_t, size_t) { return absl::Now() < deadline; });
  const std::string what =
      absl::StrCat("rate of ", from, " in ", to, " on ", day, ": ");
  if (!answer) {
    return absl::UnavailableError(
        absl::StrCat(what, "no answer from ", options_.url, ": ",
                     httplib::to_string(answer.error())));
  }
  if (answer->status != 200) {
    return ErrorOf(answer->status, absl::StrCat(what, options_.url, " answers ",
                                                answer->status));
  }
  double rate = 0;
  const auto error =
      parser_.parse(answer->body).at_pointer("/rate").get_double().get(rate);
  if (error != simdjson::SUCCESS || !(rate > 0) || std::isinf(rate)) {
    return absl::InternalError(
        absl::StrCat(what, options_.url, " answers without a \"rate\""));
  }
  return rate;
}

}  // namespace exactmean

// Rates of exchange, asked over HTTP.

#ifndef EXACTMEAN_EXAMPLES_CURRENCY_RATE_CLIENT_H_
#define EXACTMEAN_EXAMPLES_CURRENCY_RATE_CLIENT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "httplib.h"
#include "simdjson.h"

namespace exactmean {

struct RateClientOptions {
  std::string url;    // "http://host:port", or https
  std::string token;  // sent as a bearer token, unless empty
  // Of each wait: for the connection, for the request to be sent, for the next
  // bytes of the answer; and of the answer as a whole.
  absl::Duration timeout = absl::Seconds(2);
};

// Asks GET <url>/rate?from=EUR&to=USD&at=2026-11-20, which answers
// {"rate": 1.0837}. One request at a time: confined to one thread.
class RateClient {
 public:
  // kInvalidArgument: the URL is none.
  static absl::StatusOr<std::unique_ptr<RateClient>> Create(
      RateClientOptions options);

  // What one unit of `from` was worth in `to` on `day`, above 0.
  //   kUnavailable      the server cannot be reached, is too slow, or says 5xx
  //                     or 429: ask again later
  //   kInvalidArgument  it knows no such rate (404)
  //   kUnauthenticated  it wants another token (401, 403)
  //   kInternal         it says what makes no sense
  absl::StatusOr<double> Ask(absl::string_view from, absl::string_view to,
                             absl::string_view day);

 private:
  explicit RateClient(RateClientOptions options);

  const RateClientOptions options_;
  httplib::Client http_;
  simdjson::dom::parser parser_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_EXAMPLES_CURRENCY_RATE_CLIENT_H_

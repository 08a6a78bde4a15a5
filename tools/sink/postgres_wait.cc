// AwaitResult and RefusalOf.

#include "tools/sink/postgres_wait.h"

#include <poll.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"

namespace exactmean {
namespace {

// So long at most until a wish to stop is noticed.
constexpr int kNapMilliseconds = 100;

void Nap(PGconn* connection, bool for_writing) {
  pollfd socket = {PQsocket(connection), POLLIN, 0};
  if (for_writing) socket.events |= POLLOUT;
  // Whatever it says, the next look at the connection tells.
  poll(&socket, 1, kNapMilliseconds);
}

class Deadline {
 public:
  explicit Deadline(const PostgresPatience& patience)
      : patience_(patience), end_(absl::Now() + patience.answer) {}

  bool IsOver() {
    const absl::Time now = absl::Now();
    if (!stopping_ && patience_.stopping != nullptr && *patience_.stopping) {
      stopping_ = true;
      end_ = std::min(end_, now + patience_.stop);
    }
    return now >= end_;
  }
  absl::Duration length() const {
    return stopping_ ? patience_.stop : patience_.answer;
  }

 private:
  const PostgresPatience& patience_;
  absl::Time end_;
  bool stopping_ = false;
};

// As libpq takes them.
class Keywords {
 public:
  explicit Keywords(const std::map<std::string, std::string>& parameters) {
    for (const auto& [name, value] : parameters) {
      names_.push_back(name.c_str());
      values_.push_back(value.c_str());
    }
    names_.push_back(nullptr);
    values_.push_back(nullptr);
  }
  const char* const* names() const { return names_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  std::vector<const char*> names_, values_;
};

// In "FATAL:  28P01: password authentication failed", whatever the language.
std::string SqlStateIn(absl::string_view verbose) {
  constexpr absl::string_view kBefore = ":  ";
  constexpr size_t kLength = 5;
  for (size_t at = verbose.find(kBefore); at != absl::string_view::npos;
       at = verbose.find(kBefore, at + 1)) {
    const absl::string_view rest = verbose.substr(at + kBefore.size());
    const absl::string_view state = rest.substr(0, kLength);
    if (rest.substr(state.size(), 1) == ":" &&
        absl::c_all_of(state, [](char c) {
          return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
        })) {
      return std::string(state);
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<PostgresResult> AwaitResult(
    PGconn* connection, const std::function<bool(PGconn*)>& send,
    const PostgresPatience& patience) {
  PostgresResult last;
  if (PQsetnonblocking(connection, 1) != 0 || !send(connection)) return last;
  Deadline deadline(patience);
  while (true) {
    const int unsent = PQflush(connection);
    if (unsent < 0) return PostgresResult();
    if (unsent == 0 && PQisBusy(connection) == 0) {
      PostgresResult next(PQgetResult(connection));
      if (next == nullptr) return last;
      const bool failed =
          last != nullptr && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
      if (!failed) last = std::move(next);
      continue;
    }
    if (deadline.IsOver()) {
      return absl::UnavailableError(
          absl::StrCat("no answer to a statement within ",
                       absl::FormatDuration(deadline.length())));
    }
    Nap(connection, unsent > 0);
    if (PQconsumeInput(connection) == 0) return PostgresResult();
  }
}

PostgresHandle Connected(const std::map<std::string, std::string>& parameters) {
  const Keywords of(parameters);
  return PostgresHandle(PQconnectdbParams(of.names(), of.values(), 0));
}

bool Answers(const std::map<std::string, std::string>& parameters) {
  const Keywords of(parameters);
  return PQpingParams(of.names(), of.values(), 0) == PQPING_OK;
}

std::string RefusalOf(const std::map<std::string, std::string>& parameters,
                      absl::Duration patience) {
  const Keywords of(parameters);
  const PostgresHandle handle(PQconnectStartParams(of.names(), of.values(), 0));
  // The only way to be told a SQLSTATE here.
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
  const absl::Time end = absl::Now() + patience;
  PostgresPollingStatusType polling = PGRES_POLLING_WRITING;
  while (PQstatus(handle.get()) != CONNECTION_BAD && absl::Now() < end) {
    pollfd socket = {PQsocket(handle.get()),
                     static_cast<short>(  // NOLINT: poll's type
                         polling == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                     0};
    if (poll(&socket, 1, kNapMilliseconds) == 0) continue;
    polling = PQconnectPoll(handle.get());
    if (polling == PGRES_POLLING_OK) return "";
    if (polling == PGRES_POLLING_FAILED) break;
  }
  const char* const why = PQerrorMessage(handle.get());
  return why == nullptr ? "" : SqlStateIn(why);
}

}  // namespace exactmean

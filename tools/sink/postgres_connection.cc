// PostgresConnection.

#include "tools/sink/postgres_connection.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "glog/logging.h"
#include "processor/config/environment.h"
#include "processor/stop.h"
#include "tools/sink/oneline.h"

namespace exactmean {
namespace {

constexpr char kHelp[] =
    "--database: libpq takes it for no address of a database; as "
    "postgresql://USER:${env:PASSWORD}@HOST:5432/DATABASE";

// For a second look at why a server refuses us.
constexpr absl::Duration kConnectPatience = absl::Seconds(10);

// On top of what the user says.
const std::map<std::string, std::string>& Defaults() {
  static const auto* const kDefaults = new std::map<std::string, std::string>{
      {"connect_timeout", "10"},
      // A server that has gone without a word is noticed.
      {"keepalives_idle", "30"},
      {"tcp_user_timeout", "30000"},
      {"fallback_application_name", "exactmean-sink"},
  };
  return *kDefaults;
}

std::string ValueOr(const std::map<std::string, std::string>& values,
                    const std::string& name, absl::string_view otherwise) {
  const auto it = values.find(name);
  return std::string(it == values.end() ? otherwise
                                        : absl::string_view(it->second));
}

// A trigger's RAISE NOTICE, or a table that is there already.
void OnNotice(void* /*unused*/, const char* text) {
  VLOG(1) << "postgresql: " << absl::StripAsciiWhitespace(text);
}

std::string Field(const PGresult* result, int field) {
  const char* const text = PQresultErrorField(result, field);
  return text == nullptr ? "" : text;
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParseConnection(
    const std::string& text) {
  std::string address = text;
  // Filled in once: what it brings is taken as it is.
  const bool whole =
      absl::StartsWith(text, "${") && text.find('}') == text.size() - 1;
  if (whole) {
    auto expanded = ExpandEnvironment(text);
    if (!expanded.ok()) return expanded.status();
    address = *std::move(expanded);
  }
  // What it says of an error may hold a piece of a password.
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(address.c_str(), nullptr), &PQconninfoFree);
  if (options == nullptr) return absl::InvalidArgumentError(kHelp);
  std::map<std::string, std::string> parameters = Defaults();
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o) {
    if (o->val == nullptr) continue;
    if (whole) {
      parameters[o->keyword] = o->val;
      continue;
    }
    auto value = ExpandEnvironment(o->val);
    if (!value.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--database, ", o->keyword, ": ", value.status().message()));
    }
    parameters[o->keyword] = *std::move(value);
  }
  parameters["client_encoding"] = "UTF8";
  return parameters;
}

absl::StatusCode CodeOfSqlState(absl::string_view state) {
  if (state == "57014") return absl::StatusCode::kDeadlineExceeded;
  const absl::string_view kind = state.substr(0, 2);
  // Connections, resources, an operator's hand, a disk, conflicts with others;
  // a server that does not write any more, as another took its place.
  for (const absl::string_view passing :
       {"", "08", "40", "53", "55", "57", "58"}) {
    if (kind == passing) return absl::StatusCode::kUnavailable;
  }
  if (state == "25006") return absl::StatusCode::kUnavailable;
  // Values, constraints, limits of a row, what a trigger raises.
  for (const absl::string_view refused :
       {"09", "22", "23", "38", "39", "44", "54", "P0"}) {
    if (kind == refused) return absl::StatusCode::kInvalidArgument;
  }
  for (const absl::string_view denied : {"28", "3D", "3F", "42"}) {
    if (kind == denied) return absl::StatusCode::kPermissionDenied;
  }
  return absl::StatusCode::kInternal;
}

std::string PostgresConnection::name() const {
  const std::string host =
      ValueOr(parameters_, "host", ValueOr(parameters_, "hostaddr", "local"));
  return absl::StrCat("postgresql://", host, ":",
                      ValueOr(parameters_, "port", "5432"), "/",
                      ValueOr(parameters_, "dbname", ""));
}

std::string PostgresConnection::user() const {
  return absl::StrCat(
      "\"", absl::StrReplaceAll(PQuser(connection_.get()), {{"\"", "\"\""}}),
      "\"");
}

absl::Status PostgresConnection::Connect() {
  if (PQstatus(connection_.get()) == CONNECTION_OK) return absl::OkStatus();
  connection_ = Connected(parameters_);
  if (PQstatus(connection_.get()) == CONNECTION_OK) {
    was_let_in_ = true;
    PQsetNoticeProcessor(connection_.get(), &OnNotice, nullptr);
    return absl::OkStatus();
  }
  const std::string what =
      absl::StrCat(name(), ": ", Oneline(PQerrorMessage(connection_.get())));
  connection_.reset();
  // A refusal while the server starts is none for good.
  if (was_let_in_ || !Answers(parameters_)) {
    return absl::UnavailableError(what);
  }
  const std::string state = RefusalOf(parameters_, kConnectPatience);
  if (absl::IsPermissionDenied(absl::Status(CodeOfSqlState(state), ""))) {
    return Stop(StopReason::kConfig, what);
  }
  return absl::UnavailableError(what);
}

bool PostgresConnection::in_transaction() const {
  return connection_ != nullptr &&
         PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

absl::StatusOr<PostgresResult> PostgresConnection::Ask(
    const std::function<bool(PGconn*)>& send) {
  if (connection_ == nullptr) {
    return absl::UnavailableError(name() + ": the connection has ended");
  }
  auto result = AwaitResult(connection_.get(), send, patience_);
  if (result.ok()) return Check(*std::move(result));
  connection_.reset();
  return absl::Status(result.status().code(),
                      absl::StrCat(name(), ": ", result.status().message()));
}

absl::StatusOr<PostgresResult> PostgresConnection::Check(
    PostgresResult result) {
  const PGresult* const raw = result.get();
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  const std::string state = Field(raw, PG_DIAG_SQLSTATE);
  if (raw == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string why = Oneline(PQerrorMessage(connection_.get()));
    connection_.reset();
    return absl::UnavailableError(absl::StrCat(name(), ": ", why));
  }
  std::string message = Field(raw, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail = Field(raw, PG_DIAG_MESSAGE_DETAIL);
  if (message.empty()) message = Oneline(PQerrorMessage(connection_.get()));
  if (!detail.empty()) absl::StrAppend(&message, " (", detail, ")");
  const absl::StatusCode code = CodeOfSqlState(state);
  return absl::Status(
      code,
      absl::StrCat(
          code == absl::StatusCode::kInvalidArgument ? "" : name() + ": ",
          message, state.empty() ? "" : " [", state, state.empty() ? "" : "]"));
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(const std::string& sql) {
  return Ask([&](PGconn* connection) {
    return PQsendQuery(connection, sql.c_str()) == 1;
  });
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(
    const std::string& sql, absl::Span<PostgresArray* const> arrays) {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (PostgresArray* const array : arrays) {
    types.push_back(array->type());
    values.push_back(array->Encoded().data());
    lengths.push_back(static_cast<int>(array->Encoded().size()));
  }
  const std::vector<int> binary(arrays.size(), 1);
  return Ask([&](PGconn* connection) {
    return PQsendQueryParams(connection, sql.c_str(),
                             static_cast<int>(arrays.size()), types.data(),
                             values.data(), lengths.data(), binary.data(),
                             0) == 1;
  });
}

absl::StatusOr<PostgresResult> PostgresConnection::RunWithText(
    const std::string& sql, absl::Span<const std::string> texts) {
  std::vector<const char*> values;
  for (const std::string& text : texts) values.push_back(text.c_str());
  return Ask([&](PGconn* connection) {
    return PQsendQueryParams(connection, sql.c_str(),
                             static_cast<int>(texts.size()), nullptr,
                             values.data(), nullptr, nullptr, 0) == 1;
  });
}

}  // namespace exactmean

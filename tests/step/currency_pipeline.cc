// CurrencyPipeline.

#include "tests/step/currency_pipeline.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/broker/instance.h"
#include "tests/broker/shared_broker.h"
#include "tests/world/model.h"

namespace exactmean {
namespace {

constexpr char kQuick[] = "first_wait: \"20ms\" longest_wait: \"300ms\"";

// As CurrencyPipeline::Price writes it.
ModelRecord Meaning(const Record& record) {
  ModelRecord means;
  means.key = record.key;
  means.text = record.value;
  means.timestamp_ms = record.timestamp_ms;
  means.kind = ModelRecord::Kind::kBad;
  double price = 0;
  char currency[4] = "";
  if (std::sscanf(record.value->c_str(), "{\"price\":%lf,\"currency\":\"%3s\"}",
                  &price, currency) != 2) {
    return means;
  }
  const double rate =
      std::string(currency) == "USD"
          ? 1
          : RateServer::RateOf(
                currency,
                absl::FormatTime("%Y-%m-%d",
                                 absl::FromUnixMillis(record.timestamp_ms),
                                 absl::UTCTimeZone()));
  if (rate == 0) return means;
  means.kind = ModelRecord::Kind::kValue;
  means.value = price * rate;
  return means;
}

}  // namespace

CurrencyPipeline::CurrencyPipeline(const std::string& name, int32_t partitions,
                                   const std::string& retry)
    : pipeline_(name, partitions) {
  pipeline_.binary = "examples/currency/currency";
  pipeline_.meaning = &Meaning;
  pipeline_.extra_config = absl::StrCat(
      "input { json { value: \"/price\" } } step { name: \"currency\" "
      "property { key: \"to\" value: \"USD\" } "
      "option { key: \"url\" value: \"",
      server_.url(), "\" } option { key: \"timeout\" value: \"500ms\" } ",
      "option { key: \"cache\" value: \"0s\" } retry { ",
      retry.empty() ? kQuick : absl::StrCat(kQuick, " ", retry), " } }");
}

Record CurrencyPipeline::Price(Partition partition, const std::string& key,
                               int price, const std::string& currency,
                               int days_ago) {
  Record record;
  record.partition = partition;
  record.key = key;
  record.value =
      absl::StrCat("{\"price\":", price, ",\"currency\":\"", currency, "\"}");
  record.timestamp_ms =
      absl::ToUnixMillis(absl::Now() - days_ago * absl::Hours(24));
  return record;
}

absl::Status CurrencyPipeline::Write(const std::vector<Record>& records) {
  const auto writer = Writer::Create(SharedBroker());
  if (!writer.ok()) return writer.status();
  return (*writer)->Write(pipeline_.input(), records);
}

Offset CurrencyPipeline::Committed(Partition partition) {
  const auto offset = pipeline_.client().CommittedOffset(
      pipeline_.application(), pipeline_.input(), partition);
  return offset.ok() ? offset->value_or(Offset(-1)) : Offset(-1);
}

absl::Status CurrencyPipeline::AwaitCommitted(Partition partition,
                                              Offset offset) {
  return Eventually([&]() -> absl::Status {
    const Offset now = Committed(partition);
    if (now == offset) return absl::OkStatus();
    return absl::DeadlineExceededError(
        absl::StrCat("partition ", partition.value(), " is at ", now.value(),
                     ", not at ", offset.value()));
  });
}

}  // namespace exactmean

// KafkaPlainWriter.

#include "processor/kafka/plain_writer.h"

#include "absl/strings/str_cat.h"
#include "processor/kafka/client.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(5);

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaPlainWriter>> KafkaPlainWriter::Create(
    const KafkaOptions& options) {
  absl::Status status = CheckLibraryVersion();
  if (!status.ok()) return status;
  const auto conf = NewConf(options, ClientKind::kProducer);
  if (!conf.ok()) return conf.status();
  return std::unique_ptr<KafkaPlainWriter>(new KafkaPlainWriter(options));
}

std::string KafkaPlainWriter::What(absl::string_view call) const {
  return absl::StrCat("instance ", options().instance_id, ": ", call);
}

absl::Status KafkaPlainWriter::Open(absl::Duration timeout) {
  const absl::Status status = OpenProducer(timeout);
  if (status.ok()) begun_ = broken_ = false;
  return status;
}

absl::Status KafkaPlainWriter::Broken(const absl::Status& error) {
  broken_ = true;
  if (absl::IsInvalidArgument(error) || absl::IsPermissionDenied(error) ||
      absl::IsNotFound(error)) {
    return error;
  }
  return absl::UnknownError(error.message());
}

absl::Status KafkaPlainWriter::CheckBegun(absl::string_view call) const {
  if (broken_ || producer() == nullptr) {
    return absl::UnknownError(absl::StrCat(What(call), ": not open"));
  }
  if (begun_) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(What(call), ": nothing begun"));
}

absl::Status KafkaPlainWriter::Begin() {
  if (broken_ || producer() == nullptr) {
    return absl::UnknownError(absl::StrCat(What("begin"), ": not open"));
  }
  const absl::Status fatal = FatalStatus(producer()->client(), What("begin"));
  if (!fatal.ok()) return Broken(fatal);
  producer()->events().Reset();
  BeginForecast();
  begun_ = true;
  written_ = false;
  return absl::OkStatus();
}

absl::Status KafkaPlainWriter::AddOffsets(
    absl::Span<const PartitionOffset> /*offsets*/,
    const GroupToken& /*token*/) {
  return absl::InternalError(
      absl::StrCat(What("offsets"), ": there is no transaction"));
}

absl::Status KafkaPlainWriter::Commit() {
  absl::Status status = CheckBegun("flush");
  if (!status.ok()) return status;
  status = Flush(kCallTimeout);
  if (absl::IsUnavailable(status)) return status;
  status.Update(producer()->events().DeliveryStatus(What("write")));
  status.Update(FatalStatus(producer()->client(), What("write")));
  if (!status.ok()) return Broken(status);
  begun_ = false;
  return status;
}

absl::Status KafkaPlainWriter::Abort() {
  if (begun_ && written_) {
    return Broken(absl::UnknownError(absl::StrCat(
        What("abort"), ": what was written cannot be taken back")));
  }
  begun_ = false;
  return absl::OkStatus();
}

}  // namespace exactmean

// FoldInOneGo and CheckAgainstOneGo.

#include "tests/world/reference.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "processor/bad_record_policy.h"
#include "processor/decoder/decoder.h"
#include "processor/record_handler.h"
#include "processor/sample_reader.h"
#include "state/reserved_keys.h"

namespace exactmean {

absl::StatusOr<CommittedView> FoldInOneGo(const Pipeline& pipeline,
                                          Partition partition,
                                          const Model& model, Offset start,
                                          Offset next) {
  SourceSpec source;
  source.format = SourceSpec::Format::kNumber;
  RecordHandler handler(SampleReader(MakeDecoder(source)),
                        BadRecordPolicy::kSkip, pipeline.identity.input_topic);
  PartitionState state(&pipeline, partition);
  state.StartEmpty(start);
  for (Offset o = start; o < next; o = Next(o)) {
    const ModelRecord& record = model.record(o);
    if (record.kind == ModelRecord::Kind::kAbsent ||
        record.kind == ModelRecord::Kind::kFilter) {
      continue;
    }
    LogRecord read;
    read.partition = partition;
    read.offset = o;
    read.timestamp_ms = record.timestamp_ms;
    read.key = absl::optional<absl::string_view>(record.key);
    read.value = absl::optional<absl::string_view>(record.text);
    const absl::Status status = handler.Handle(read, &state);
    if (!status.ok()) return status;
  }
  CommittedView view;
  const ChangeSet changes = state.Changes("reference");
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto value = changes.value(i);
    if (!value.has_value()) continue;
    view[std::string(changes.key(i))] = std::string(*value);
  }
  for (const ChangeSet::Segment& segment : changes.segments()) {
    if (segment.value.has_value()) view[segment.key] = *segment.value;
  }
  return view;
}

absl::Status CheckAgainstOneGo(const Pipeline& pipeline, Partition partition,
                               const Model& model, Offset start, Offset next,
                               const CommittedView& view) {
  auto want = FoldInOneGo(pipeline, partition, model, start, next);
  if (!want.ok()) return want.status();
  for (const auto& [key, value] : view) {
    if (key == kCheckpointKey) continue;
    if ((*want)[key] == value) continue;
    return absl::InternalError(
        absl::StrCat("partition ", partition.value(), ", key ", key,
                     ": not the bytes that one fold in one go makes"));
  }
  return absl::OkStatus();
}

}  // namespace exactmean

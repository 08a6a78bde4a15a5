// CheckpointAuditor.

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "state/delivery_mode.h"
#include "state/dispositions.h"
#include "state/reserved_keys.h"
#include "state/retries.h"
#include "tools/inspect/audit/audit.h"
#include "tools/inspect/checkpoint_record.h"

namespace exactmean {
namespace {

std::string FatesText(const results::Dispositions& d) {
  return absl::StrCat(
      d.applied(), " applied + ", d.late(), " late + ", d.skipped(),
      " skipped + ", d.dead_lettered(), " dead-lettered + ", d.retried(),
      " retried + ", d.filtered(), " filtered + ", d.absent(), " absent",
      d.lost() == 0 ? "" : absl::StrCat(" + ", d.lost(), " lost"));
}

// `rewind` goes back, and to another configuration, on purpose, under a name
// that no processor has.
bool IsRewind(const results::Checkpoint& checkpoint) {
  return checkpoint.writer() ==
         absl::StrCat(checkpoint.application_id(), "/rewind");
}

bool Transactional(const results::Checkpoint& checkpoint) {
  return ModeOf(checkpoint) == DeliveryMode::kExactlyOnce;
}

// The counters by name that went back.
std::string WentBack(const results::Dispositions& before,
                     const results::Dispositions& now) {
  std::string names;
  const auto check = [&](absl::string_view name, uint64_t a, uint64_t b) {
    if (b >= a) return;
    absl::StrAppend(&names, names.empty() ? "" : ", ", name, " from ", a,
                    " to ", b);
  };
  check("applied", before.applied(), now.applied());
  check("late", before.late(), now.late());
  check("skipped", before.skipped(), now.skipped());
  check("dead_lettered", before.dead_lettered(), now.dead_lettered());
  check("retried", before.retried(), now.retried());
  check("filtered", before.filtered(), now.filtered());
  check("absent", before.absent(), now.absent());
  check("lost", before.lost(), now.lost());
  return names;
}

}  // namespace

void CheckpointAuditor::Violate(Offset offset, std::string what) {
  audit_.violations.push_back({offset, std::move(what)});
}

void CheckpointAuditor::Accept(const LogRecord& record) {
  if (record.key.value_or("") != kCheckpointKey) return;
  results::Checkpoint checkpoint;
  const absl::Status decoded = DecodeCheckpointRecord(record, &checkpoint);
  if (!decoded.ok()) {
    Violate(record.offset, std::string(decoded.message()));
    return;
  }
  CheckOne(record.offset, checkpoint);
  // A former owner's; a start passes over it.
  if (audit_.checkpoints > 0 && !Transactional(checkpoint) &&
      !Transactional(audit_.last) &&
      checkpoint.next_offset() < audit_.last.next_offset()) {
    return;
  }
  if (audit_.checkpoints++ == 0) {
    audit_.first = checkpoint;
  } else {
    CheckAfter(record.offset, audit_.last, checkpoint);
    // What was passed before it went back is passed once more.
    if (checkpoint.next_offset() < audit_.last.next_offset()) {
      count_from_.reset();
    }
  }
  NoteWriter(checkpoint);
  NoteCountable(checkpoint);
  audit_.last = std::move(checkpoint);
}

void CheckpointAuditor::CheckOne(Offset offset,
                                 const results::Checkpoint& checkpoint) {
  const results::Dispositions& d = checkpoint.dispositions();
  const int64_t passed = checkpoint.next_offset() - checkpoint.start_offset();
  const uint64_t sum = RecordsOf(d) + d.absent() + d.lost();
  if (passed < 0 || static_cast<uint64_t>(passed) != sum) {
    Violate(offset, absl::StrCat(passed, " offsets were passed, but ",
                                 FatesText(d), " = ", sum));
  }
  const absl::Status retries = Retries().FromCheckpoint(checkpoint);
  if (!retries.ok()) Violate(offset, std::string(retries.message()));
  if (checkpoint.partition() != audit_.partition.value()) {
    Violate(offset, absl::StrCat("it is a checkpoint of partition ",
                                 checkpoint.partition()));
  }
}

// Compaction takes checkpoints from the beginning of the log alone, so a gap
// between two is a loss.
void CheckpointAuditor::CheckAfter(Offset offset,
                                   const results::Checkpoint& before,
                                   const results::Checkpoint& checkpoint) {
  const bool same_step =
      !Transactional(before) && checkpoint.sequence() <= before.sequence() + 1;
  if (checkpoint.sequence() != before.sequence() + 1 && !same_step) {
    Violate(offset, absl::StrCat("commit ", checkpoint.sequence(),
                                 " follows commit ", before.sequence()));
  }
  if (checkpoint.next_offset() < before.next_offset() &&
      !IsRewind(checkpoint)) {
    Violate(offset,
            absl::StrCat("next_offset went back from ", before.next_offset(),
                         " to ", checkpoint.next_offset(), ", written by \"",
                         checkpoint.writer(), "\""));
  }
  if (checkpoint.start_offset() != before.start_offset()) {
    Violate(offset,
            absl::StrCat("start_offset changed from ", before.start_offset(),
                         " to ", checkpoint.start_offset()));
  }
  const std::string back =
      WentBack(before.dispositions(), checkpoint.dispositions());
  if (!back.empty() && !IsRewind(checkpoint)) {
    Violate(offset, absl::StrCat("went back: ", back));
  }
  if (checkpoint.application_id() != before.application_id() ||
      checkpoint.input_topic() != before.input_topic() ||
      (checkpoint.fingerprint() != before.fingerprint() &&
       !IsRewind(checkpoint))) {
    Violate(offset, absl::StrCat("it is of another application, input or "
                                 "configuration than the one before: \"",
                                 checkpoint.application_id(), "\""));
  }
}

void CheckpointAuditor::NoteWriter(const results::Checkpoint& checkpoint) {
  std::vector<WriterSpan>& writers = audit_.writers;
  if (writers.empty() || writers.back().writer != checkpoint.writer()) {
    WriterSpan span;
    span.writer = checkpoint.writer();
    span.first_sequence = checkpoint.sequence();
    writers.push_back(std::move(span));
  }
  writers.back().last_sequence = checkpoint.sequence();
  writers.back().next_offset = checkpoint.next_offset();
}

void CheckpointAuditor::NoteCountable(const results::Checkpoint& checkpoint) {
  if (checkpoint.start_offset() >= retained_.value()) {
    count_from_ = Offset(checkpoint.start_offset());
    processed_before_ = lost_before_ = 0;
  } else if (!count_from_.has_value() &&
             checkpoint.next_offset() >= retained_.value()) {
    count_from_ = Offset(checkpoint.next_offset());
    processed_before_ = RecordsOf(checkpoint.dispositions());
    lost_before_ = checkpoint.dispositions().lost();
  }
}

uint64_t CheckpointAuditor::Lost() const {
  return audit_.last.dispositions().lost() - lost_before_;
}

uint64_t CheckpointAuditor::Expected() const {
  return RecordsOf(audit_.last.dispositions()) - processed_before_;
}

}  // namespace exactmean

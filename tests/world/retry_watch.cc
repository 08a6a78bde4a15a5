// RetryWatch.

#include "tests/world/retry_watch.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "processor/retry_topic/retry_record.h"

namespace exactmean {
namespace {

absl::Status Broken(Offset origin, absl::string_view what) {
  return absl::InternalError(absl::StrCat("the record at ", origin.value(),
                                          ", sent to be tried again, ", what));
}

}  // namespace

bool RetryWatch::decided() const {
  return std::all_of(topics_.begin(), topics_.end(), [](const Topic& topic) {
    return topic.log->last_stable() == topic.log->high();
  });
}

absl::Status RetryWatch::Read() {
  absl::Status status;
  for (size_t step = 0; step < steps_.size(); ++step) {
    steps_[step].position = topics_[step].log->ReadCommitted(
        steps_[step].position, std::numeric_limits<size_t>::max(),
        [&](const FakeRecord& record) {
          status.Update(ReadOne(step, record));
        });
  }
  return status;
}

absl::Status RetryWatch::ReadOne(size_t step, const FakeRecord& record) {
  const auto parsed = ParseRetryRecord(
      {record.key, record.value, record.headers, record.timestamp_ms});
  if (!parsed.ok()) return parsed.status();
  const Offset origin = parsed->origin.offset;
  if (origin >= model_->end()) return Broken(origin, "is not in the input");
  const ModelRecord& want = model_->record(origin);
  if (parsed->record.key != want.key || parsed->record.value != want.text ||
      !(parsed->record.headers == want.headers) ||
      parsed->record.timestamp_ms != want.timestamp_ms ||
      parsed->origin.topic != "in" || parsed->origin.application != "app") {
    return Broken(origin, "is not as it was");
  }
  if (!steps_[step].origins.insert(origin).second) {
    return Broken(origin,
                  absl::StrCat("is there twice, in ", topics_[step].name));
  }
  steps_[step].entries.push_back({record.offset, origin});
  if (step == 0) sent_.insert(origin);
  return absl::OkStatus();
}

absl::Status RetryWatch::Take(const results::Checkpoint& checkpoint,
                              const std::set<Offset>& dead, ModelFold* fold,
                              std::set<std::string>* touched) {
  for (const Offset origin : sent_) {
    if (origin >= Offset(checkpoint.next_offset())) {
      return Broken(origin, "is not passed");
    }
  }
  for (size_t step = 0; step < steps_.size(); ++step) {
    Offset next;
    for (const results::RetryTopic& topic : checkpoint.retry_topics()) {
      if (topic.topic() == topics_[step].name)
        next = Offset(topic.next_offset());
    }
    Step& of = steps_[step];
    for (; of.taken < of.entries.size() && of.entries[of.taken].at < next;
         ++of.taken) {
      const absl::Status status =
          TakeOne(step, of.entries[of.taken].origin, dead, fold, touched);
      if (!status.ok()) return status;
    }
  }
  return CheckAccount(checkpoint, *fold);
}

absl::Status RetryWatch::TakeOne(size_t step, Offset origin,
                                 const std::set<Offset>& dead, ModelFold* fold,
                                 std::set<std::string>* touched) {
  const bool goes_on =
      step + 1 < steps_.size() && steps_[step + 1].origins.count(origin) > 0;
  if (goes_on) return absl::OkStatus();
  if (dead.count(origin) > 0) {
    outcomes_.set_dead_lettered(outcomes_.dead_lettered() + 1);
    return absl::OkStatus();
  }
  switch (model_->record(origin).kind) {
    case ModelRecord::Kind::kValue:
      model_->FoldRetried(origin, fold, touched);
      outcomes_.set_applied(outcomes_.applied() + 1);
      return absl::OkStatus();
    case ModelRecord::Kind::kFilter:
      outcomes_.set_filtered(outcomes_.filtered() + 1);
      return absl::OkStatus();
    case ModelRecord::Kind::kBad:
      outcomes_.set_skipped(outcomes_.skipped() + 1);
      return absl::OkStatus();
    default:
      return Broken(origin, "is no record that a step is asked of");
  }
}

absl::Status RetryWatch::CheckAccount(const results::Checkpoint& checkpoint,
                                      const ModelFold& fold) const {
  const results::RetryOutcomes& got = checkpoint.retry_outcomes();
  if (got.applied() != fold.retries_applied ||
      got.filtered() != outcomes_.filtered() ||
      got.skipped() != outcomes_.skipped() || got.late() != 0 ||
      got.dead_lettered() != outcomes_.dead_lettered()) {
    return absl::InternalError(absl::StrCat(
        "of the records that were tried again the checkpoint says\n",
        got.ShortDebugString(), "\nand it is\n", outcomes_.ShortDebugString()));
  }
  for (size_t step = 0; step < steps_.size(); ++step) {
    const uint64_t waiting = steps_[step].entries.size() - steps_[step].taken;
    uint64_t counted = 0;
    for (const results::RetryTopic& topic : checkpoint.retry_topics()) {
      if (topic.topic() == topics_[step].name) counted = topic.waiting();
    }
    if (counted == waiting) continue;
    return absl::InternalError(
        absl::StrCat(counted, " records are said to wait in ",
                     topics_[step].name, ", and ", waiting, " do"));
  }
  return absl::OkStatus();
}

bool RetryWatch::anything_waits() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) {
    return step.taken < step.entries.size();
  });
}

}  // namespace exactmean

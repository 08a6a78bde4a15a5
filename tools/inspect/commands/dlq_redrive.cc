// exactmean-inspect dlq redrive.

#include "tools/inspect/commands/dlq_redrive.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "processor/config/kafka_options.h"
#include "processor/kafka/transaction.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/inspect/commands/agreement.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/dlq/redrive.h"
#include "tools/inspect/dlq/render.h"
#include "tools/inspect/flags.h"

ABSL_FLAG(int32_t, max_attempts, 3,
          "A record that has become a dead letter so often is not redriven.");

namespace exactmean {
namespace {

absl::StatusOr<RedriveRequest> RequestOf(Session& session,
                                         const Settings& settings,
                                         const LetterFilter& filter,
                                         TopicReader* letters) {
  RedriveRequest request;
  request.application = settings.application_id;
  request.input_topic = settings.input_topic;
  request.max_attempts = absl::GetFlag(FLAGS_max_attempts);
  request.limit = absl::GetFlag(FLAGS_limit);
  request.filter = filter;
  const auto partitions = session.Partitions(letters);
  if (!partitions.ok()) return partitions.status();
  request.partitions = *partitions;
  const auto input = session.OpenInput();
  if (!input.ok()) return input.status();
  const auto count = (*input)->PartitionCount();
  if (!count.ok()) return count.status();
  request.input_partitions = *count;
  return request;
}

absl::Status Execute(Session& session, const Settings& settings,
                     Redrive* redrive) {
  KafkaOptions options = KafkaOptionsOf(settings, "redrive");
  options.transactional_id = RedriverOf(settings.application_id);
  options.results_topic = settings.input_topic;
  options.updates_topic.clear();
  options.dead_letter_topic = settings.dead_letter_topic;
  for (const std::string& topic :
       {settings.input_topic, settings.dead_letter_topic}) {
    const absl::Status allowed = CheckMayWrite(session, topic);
    if (!allowed.ok()) return allowed;
  }
  const auto transaction = KafkaTransaction::Create(options);
  if (!transaction.ok()) return transaction.status();
  const absl::Status status = redrive->Execute(transaction->get());
  if (session.json()) {
    session.out() << RedriveJson(redrive->plan(), /*executed=*/true);
  }
  session.err() << Plural(redrive->done(), "dead letter", "was", "were")
                << " redriven\n";
  return status;
}

}  // namespace

absl::Status RunRedrive(Session& session, const Settings& settings,
                        const LetterFilter& filter, TopicReader* letters) {
  const absl::Status flags = CheckDryRun();
  if (!flags.ok()) return flags;
  auto request = RequestOf(session, settings, filter, letters);
  if (!request.ok()) return request.status();
  Redrive redrive(*std::move(request), letters, ScanOptionsOf(session));
  const absl::Status planned = redrive.Plan();
  if (!planned.ok()) return planned;
  uint64_t meant = 0;
  bool open = false;
  for (const PartitionRedrive& one : redrive.plan()) {
    meant += one.letters.size();
    if (!one.open_from.has_value()) continue;
    open = true;
    session.err() << "partition " << one.partition
                  << ": a transaction is open among the dead letters from "
                     "offset "
                  << *one.open_from
                  << " on: --execute aborts what a redrive left, and refuses "
                     "while somebody else's is open\n";
  }
  if (!session.json()) session.out() << RedriveText(redrive.plan());
  // Behind an open transaction there may be more than is seen.
  const bool nothing = meant == 0 && !(open && absl::GetFlag(FLAGS_execute));
  if (!absl::GetFlag(FLAGS_execute) || nothing) {
    if (session.json()) session.out() << RedriveJson(redrive.plan(), false);
    session.err() << (nothing ? "nothing to redrive\n"
                              : "nothing was written; --execute does it\n");
    return absl::OkStatus();
  }
  session.out().flush();
  // Nobody agrees to what he has not seen.
  if (session.json()) session.err() << RedriveText(redrive.plan());
  if (!UserAgrees(session)) {
    return Stop(StopReason::kConfig,
                "not agreed: nothing was written (--yes for scripts)");
  }
  return Execute(session, settings, &redrive);
}

}  // namespace exactmean

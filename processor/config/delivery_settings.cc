// ReadDelivery.

#include "processor/config/delivery_settings.h"

namespace exactmean {
namespace {

DeliveryMode ModeOf(config::Delivery::Mode mode) {
  switch (mode) {
    case config::Delivery::AT_LEAST_ONCE:
      return DeliveryMode::kAtLeastOnce;
    case config::Delivery::AT_MOST_ONCE:
      return DeliveryMode::kAtMostOnce;
    default:
      return DeliveryMode::kExactlyOnce;
  }
}

CommitStyle StyleOf(config::Delivery::Commits commits) {
  switch (commits) {
    case config::Delivery::SYNC:
      return CommitStyle::kSync;
    case config::Delivery::ASYNC:
      return CommitStyle::kAsync;
    case config::Delivery::AUTO:
      return CommitStyle::kAuto;
    default:
      return CommitStyle::kAsyncThenSync;
  }
}

}  // namespace

Delivery ReadDelivery(const config::Delivery& delivery, Problems* problems) {
  // A number in the place of an enum's value may be none of them.
  if (!config::Delivery::Mode_IsValid(delivery.mode())) {
    problems->Add("delivery.mode", "has an unknown value: write its name");
  }
  if (!config::Delivery::Commits_IsValid(delivery.commits())) {
    problems->Add("delivery.commits", "has an unknown value: write its name");
  }
  Delivery read;
  read.mode = ModeOf(delivery.mode());
  read.commits = StyleOf(delivery.commits());
  if (read.transactional() && read.commits != Delivery().commits) {
    problems->Add("delivery.commits",
                  "has no meaning under EXACTLY_ONCE, where offsets are part "
                  "of the transaction: leave it out, or set delivery.mode");
  }
  return read;
}

}  // namespace exactmean

// Simulation: processes.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "processor/stop.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/step_probe.h"

namespace exactmean {
namespace {

// A supervisor starts the process again after these, and a person is not
// needed.
bool IsPassing(const absl::Status& status) {
  if (IsStop(status)) {
    return ReasonOf(status) == StopReason::kFenced ||
           ReasonOf(status) == StopReason::kUnreachable;
  }
  return absl::IsUnknown(status) || absl::IsUnavailable(status);
}

}  // namespace

PhaseSet Simulation::PhasesOfAll() const {
  PhaseSet phases = 0;
  for (const auto& actor : actors_) {
    if (actor != nullptr) phases |= actor->probe.tracker().all();
  }
  return phases;
}

WorldOptions Simulation::WithStep(WorldOptions options) {
  if (configuration_.step.one_in == 0) return options;
  options.step = [](const InstanceOptions& instance) {
    return std::make_unique<StepProbe>(static_cast<Probe*>(instance.decorator));
  };
  return options;
}

void Simulation::AddStep(int slot, ProbeHooks* hooks) {
  const StepTrouble& step = configuration_.step;
  hooks->step_is_down = [this, &step](Partition partition, Offset offset) {
    return !healing_ && step.IsDown(partition, offset, world_.cluster().now());
  };
  hooks->step_takes = [this, &step](Partition partition, Offset offset) {
    return !healing_ && step.IsHard(partition, offset) ? step.takes
                                                       : absl::ZeroDuration();
  };
  hooks->least_wait = configuration_.world.retry.first_wait / 2;
  hooks->owns = [this, slot](Partition partition) {
    const auto owners = world_.group().Owners(partition);
    return std::count(owners.begin(), owners.end(), SlotName(slot)) > 0;
  };
}

// A record that waits was asked of once for each try, by whoever has it now.
void Simulation::CheckTries(Actor* actor) {
  if (actor->probe.asked_too_soon()) {
    return Fail(absl::InternalError(absl::StrCat(
        SlotName(actor->slot), " asks its step again before the time")));
  }
  const auto& tasks = actor->instance->processor->tasks();
  for (int32_t p = 0; p < world_.partitions(); ++p) {
    const Partition partition(p);
    const auto task = tasks.find(partition);
    if (task == tasks.end() || !task->second->running()) {
      actor->probe.ForgetAsked(partition);
      continue;
    }
    const RecordRetry& retry = task->second->retry;
    if (!retry.pending()) continue;
    const int asked = actor->probe.Asked(partition, retry.offset());
    if (asked == retry.tries()) continue;
    Fail(absl::InternalError(absl::StrCat(
        SlotName(actor->slot), ", partition ", p, ", offset ",
        retry.offset().value(), ": ", retry.tries(),
        " tries are counted, and the step was asked ", asked, " times")));
  }
}

// An assignment by name would give two of one name the same partitions, in one
// generation, which no broker does; and only a transactional id would tell.
bool Simulation::ShareAName() const {
  return !configuration_.transactional() &&
         std::any_of(had_twin_.begin(), had_twin_.end(),
                     [](bool had) { return had; });
}

void Simulation::Start(int slot) {
  if (slot >= kNames) had_twin_[static_cast<size_t>(slot - kNames)] = true;
  if (ShareAName()) world_.group().Force({});
  ProbeHooks hooks;
  hooks.cluster = &world_.cluster();
  hooks.mutation = mutation_;
  if (configuration_.step.one_in != 0) AddStep(slot, &hooks);
  auto& place = actors_[static_cast<size_t>(slot)];
  hooks.on_return = [this, &place](SeamCall call,
                                   absl::optional<Partition> partition,
                                   const absl::Status& status) {
    OnReturn(*place, call, partition, status);
  };
  hooks.on_event = [this, &place](EventKind kind) {
    if (kind == EventKind::kRevokedEager && configuration_.instance.cooperative)
      kind = EventKind::kRevokedCooperative;
    coverage_.Add(kind, place->probe.tracker().all());
    Note(absl::StrCat("  ", SlotName(place->slot), ": ", EventName(kind)));
  };
  place = std::make_unique<Actor>(slot, std::move(hooks));
  InstanceOptions options = configuration_.instance;
  options.name = SlotName(slot);
  options.decorator = &place->probe;
  place->instance = world_.Make(options);
  place->instance->plan.set_chooser([this, &place](SeamCall call, int64_t) {
    return ChooseFault(place.get(), call);
  });
}

void Simulation::Turns(int slot, int64_t turns, absl::Duration apart) {
  for (int64_t i = 0; i < turns && status_.ok(); ++i) {
    Actor* actor = actors_[static_cast<size_t>(slot)].get();
    if (actor == nullptr || actor->busy) return;
    world_.Advance(apart);
    actor->busy = true;
    const absl::Status status = actor->instance->Turn();
    actor->busy = false;
    if (actor->instance->plan.dead() || !status.ok()) {
      End(slot, status);
    } else {
      CheckTries(actor);
    }
    AfterStep();
  }
}

void Simulation::Stop(int slot) {
  Actor* actor = actors_[static_cast<size_t>(slot)].get();
  coverage_.Add(EventKind::kStop, actor->probe.tracker().all());
  if (!actor->instance->started) return Kill(slot);
  actor->busy = true;
  const absl::Status status = actor->instance->processor->Shutdown();
  actor->busy = false;
  End(slot, status);
}

void Simulation::Kill(int slot) {
  auto& actor = actors_[static_cast<size_t>(slot)];
  // One on the stack is taken away by whoever called it.
  actor->instance->plan.Kill();
  if (!actor->busy) actor.reset();
}

void Simulation::End(int slot, const absl::Status& status) {
  auto& actor = actors_[static_cast<size_t>(slot)];
  const bool crashed = actor->instance->plan.dead();
  Note(absl::StrCat("  ", SlotName(slot),
                    " ends: ", crashed ? "it has crashed" : status.ToString()));
  actor->instance->plan.Kill();
  actor.reset();
  if (!crashed && !status.ok() && !IsPassing(status)) {
    Fail(absl::InternalError(absl::StrCat(
        SlotName(slot), " stopped without cause: ", status.ToString())));
  }
}

}  // namespace exactmean

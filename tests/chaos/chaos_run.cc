// Setting up, the schedule, and taking down.

#include "tests/chaos/chaos_run.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/broker/instance.h"
#include "tests/chaos/drain.h"

namespace exactmean {
namespace {

constexpr int kBrokers = 3;
constexpr int32_t kPartitions = 4;
constexpr char kApplication[] = "chaos";
constexpr char kVeteran[] = "veteran";
constexpr char kVeteransResults[] = "veteran-out";
// Those of PipelineConfig.
constexpr absl::Duration kSessionTimeout = absl::Seconds(3);
constexpr absl::Duration kTransactionTimeout = absl::Seconds(5);
constexpr absl::Duration kTakeoverGrace = absl::Seconds(5);
// Deleted offsets alone take the processor half a minute to believe.
constexpr absl::Duration kRecovery = absl::Seconds(120);

LocalKafkaOptions ClusterOptions() {
  LocalKafkaOptions options;
  options.brokers = kBrokers;
  options.heap = "-Xms64m -Xmx256m";
  // Leaders go home again, so that faults meet all brokers.
  options.properties = {{"leader.imbalance.check.interval.seconds", "10"},
                        {"leader.imbalance.per.broker.percentage", "0"}};
  options.start_deadline = absl::Seconds(120);
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ChaosRun>> ChaosRun::Create(
    ChaosOptions options) {
  auto run = absl::WrapUnique(new ChaosRun(std::move(options)));
  std::vector<std::string> unknown = run->options_.faults;
  for (const FaultKind& kind : AllFaults()) {
    const auto asked = std::find(unknown.begin(), unknown.end(), kind.name);
    if (asked != unknown.end()) unknown.erase(asked);
    const auto& chosen = run->options_.faults;
    if (chosen.empty() ||
        std::count(chosen.begin(), chosen.end(), kind.name) > 0) {
      run->kinds_.push_back(&kind);
    }
  }
  if (unknown.empty()) return run;
  return absl::InvalidArgumentError(
      absl::StrCat("no fault is called ", absl::StrJoin(unknown, ", ")));
}

ChaosRun::~ChaosRun() {
  traffic_.clear();
  fleet_.reset();
}

void ChaosRun::Fail(const std::string& what) {
  report_.failures.push_back(what);
  history_->Add("run", "failed", what);
}

absl::Status ChaosRun::SetUp() {
  report_.seed = options_.seed;
  report_.kinds = kinds_.size();
  report_.takeover_bound =
      kSessionTimeout + kTransactionTimeout + kTakeoverGrace;
  report_.history_path = options_.dir + "/history.jsonl";
  history_ = std::make_unique<History>(report_.history_path, options_.echo);
  history_->Add("run", "seed", absl::StrCat(options_.seed));
  auto kafka = ProxiedKafka::Start(ClusterOptions());
  if (!kafka.ok()) return kafka.status();
  kafka_ = *std::move(kafka);
  topology_ = std::make_unique<Topology>(kafka_.get());
  world_.stop = options_.stop;
  world_.kafka = kafka_.get();
  world_.topology = topology_.get();
  world_.history = history_.get();
  world_.application = kApplication;
  world_.input = absl::StrCat(kApplication, "-in");
  world_.results = absl::StrCat(kApplication, "-out");
  world_.partitions = kPartitions;
  world_.binary = options_.binary;
  world_.dir = options_.dir;
  world_.random.seed(options_.seed);
  const absl::Status status = SetUpTopics();
  if (!status.ok()) return status;
  auto observer = Observer::Start(kafka_->internal_servers(), world_.input,
                                  world_.results, kPartitions);
  if (!observer.ok()) return observer.status();
  observer_ = *std::move(observer);
  world_.observer = observer_.get();
  StartFleet();
  StartTraffic();
  return StartVeteran();
}

absl::Status ChaosRun::SetUpTopics() {
  const auto client = BrokerClient::Create(kafka_->internal_servers());
  if (!client.ok()) return client.status();
  absl::Status status =
      (*client)->CreateTopic(world_.input, kPartitions, {}, kBrokers);
  if (!status.ok()) return status;
  status = (*client)->CreateTopic(kVeteransResults, kPartitions,
                                  {{"cleanup.policy", "compact"}}, kBrokers);
  if (!status.ok()) return status;
  // Kept whole but for the fault of its name: the reader checks every step.
  return (*client)->CreateTopic(
      world_.results, kPartitions,
      {{"cleanup.policy", "compact"}, {"min.compaction.lag.ms", "86400000"}},
      kBrokers);
}

absl::Status ChaosRun::StartVeteran() {
  VeteranOptions veteran;
  veteran.binary = options_.binary;
  veteran.application = kVeteran;
  veteran.input = world_.input;
  veteran.results = kVeteransResults;
  veteran.servers = kafka_->bootstrap_servers();
  veteran.dir = options_.dir;
  veteran.config = options_.config;
  auto started = Veteran::Start(veteran);
  if (started.ok()) veteran_ = *std::move(started);
  return started.status();
}

void ChaosRun::StartFleet() {
  FleetOptions fleet;
  fleet.binary = options_.binary;
  fleet.application = kApplication;
  fleet.config_path = options_.dir + "/chaos.textproto";
  fleet.servers = kafka_->bootstrap_servers();
  fleet.log_dir = options_.dir;
  fleet.flags = {
      absl::StrCat("--config_override=kafka { unreachable_deadline: \"10s\" } ",
                   options_.config)};
  std::ofstream(fleet.config_path)
      << PipelineConfig(kApplication, world_.input, world_.results);
  fleet_ = std::make_unique<Fleet>(std::move(fleet), history_.get());
  world_.fleet = fleet_.get();
  fleet_->Scale(options_.instances);
}

void ChaosRun::StartTraffic() {
  TrafficOptions traffic;
  traffic.servers = kafka_->internal_servers();
  traffic.topic = world_.input;
  traffic.partitions = kPartitions;
  traffic.seed = options_.seed;
  traffic_.push_back(std::make_unique<Traffic>(traffic));
  if (!options_.transactional_writer) return;
  traffic.transactional = true;
  traffic_.push_back(std::make_unique<Traffic>(traffic));
}

bool ChaosRun::RunEpisode(const FaultGroup& kinds) {
  const std::string name = NameOf(kinds);
  episodes_.push_back({name, absl::Now(), absl::InfiniteFuture()});
  std::vector<std::unique_ptr<Fault>> faults;
  for (const FaultKind* kind : kinds) {
    ++world_.faults_now;
    faults.push_back(kind->make());
    history_->Add("fault", "begins", kind->name);
    const auto injected = faults.back()->Inject(&world_);
    if (injected.ok()) {
      ++report_.faults[kind->name];
      history_->Add("fault", "seen", absl::StrCat(kind->name, ": ", *injected));
    } else if (!absl::IsCancelled(injected.status())) {
      Fail(absl::StrCat(kind->name, ": ", injected.status().ToString()));
    }
  }
  for (size_t i = kinds.size(); i-- > 0;) {
    const absl::Status healed = faults[i]->Heal(&world_);
    history_->Add("fault", "healed", kinds[i]->name);
    if (!healed.ok() && !absl::IsCancelled(healed)) {
      Fail(absl::StrCat(kinds[i]->name, ", healing: ", healed.ToString()));
    }
  }
  world_.faults_now = 0;
  return Recover(name);
}

bool ChaosRun::Recover(const std::string& name) {
  const absl::Time start = absl::Now();
  const absl::Status status = world_.AwaitRecovered(kRecovery);
  episodes_.back().end = absl::Now();
  if (absl::IsCancelled(status)) return false;
  if (!status.ok()) {
    Fail(absl::StrCat("no recovery from ", name, ": ", status.ToString()));
    return false;
  }
  history_->Add("run", "recovered", absl::FormatDuration(absl::Now() - start));
  // A healthy while, in which connections and leaders settle.
  const absl::Time end =
      absl::Now() + absl::Milliseconds(500 + world_.Pick(1500));
  return world_
      .Await("a healthy while", absl::Minutes(1),
             [end]() -> absl::Status {
               if (absl::Now() >= end) return absl::OkStatus();
               return absl::UnavailableError("not over");
             })
      .ok();
}

absl::StatusOr<ChaosReport> ChaosRun::Run() {
  const absl::Time start = absl::Now();
  const absl::Status status = SetUp();
  if (!status.ok()) return status;
  episodes_.push_back({"the start", start, absl::InfiniteFuture()});
  bool goes_on = Recover("the start");
  for (const FaultGroup& kinds : Tour(kinds_, &world_.random)) {
    goes_on = goes_on && RunEpisode(kinds);
  }
  while (goes_on && absl::Now() - start < options_.time) {
    if (world_.Pick(3) == 0) fleet_->Scale(1 + world_.Pick(Fleet::kMost));
    goes_on = RunEpisode(RandomGroup(kinds_, &world_.random));
  }
  Finish();
  report_.time = absl::Now() - start;
  return report_;
}

void ChaosRun::Finish() {
  history_->Add("run", "ends", "waiting until all input is folded in");
  for (const auto& traffic : traffic_) traffic->Stop();
  absl::Status whole = Drain(&world_, kVeteran, kRecovery);
  if (whole.ok()) whole = CheckAgreement(&world_, kVeteransResults);
  if (!whole.ok()) Fail(absl::StrCat("at the end: ", whole.ToString()));
  report_.veteran = veteran_->Stop();
  fleet_->Scale(0);
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  while (!fleet_->AllDown() && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  if (!fleet_->AllDown()) Fail("instances did not stop at the end");
  std::vector<StoredRecord> records;
  const absl::Status read = ReadAnew(&records);
  if (!read.ok()) Fail(absl::StrCat("reading anew: ", read.ToString()));
  observer_->Finish(records);
  FillReport();
}

absl::Status ChaosRun::ReadAnew(std::vector<StoredRecord>* results) {
  const auto client = TestClient::Create(kafka_->internal_servers());
  if (!client.ok()) return client.status();
  auto found = (*client)->ReadTopic(world_.results, Isolation::kCommitted);
  if (found.ok()) *results = *std::move(found);
  return found.status();
}

void ChaosRun::FillReport() {
  report_.check = observer_->Tally();
  report_.aborted_steps = observer_->AbortedSteps();
  for (const auto& traffic : traffic_) report_.traffic.Add(traffic->Tally());
  report_.fleet = fleet_->Tally();
  report_.takeovers = world_.takeovers;
  report_.stall_during = "a healthy time";
  for (const Episode& episode : episodes_) {
    const absl::Time end = report_.check.longest_stall_end;
    if (episode.start <= end && end <= episode.end) {
      report_.stall_during = episode.name;
    }
  }
  for (const std::string& complaint : observer_->Complaints()) {
    Fail(complaint);
  }
  Judge(&report_);
}

}  // namespace exactmean

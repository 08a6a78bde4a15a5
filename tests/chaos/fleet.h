// The instances of the shipped binary and their supervisor: starts again what
// ended as an operator's would, and keeps count of how they ended.

#ifndef EXACTMEAN_TESTS_CHAOS_FLEET_H_
#define EXACTMEAN_TESTS_CHAOS_FLEET_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>  // NOLINT(build/c++11)
#include <set>
#include <string>
#include <thread>  // NOLINT(build/c++11)
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/broker/instance.h"
#include "tests/chaos/history.h"

namespace exactmean {

struct FleetOptions {
  std::string binary;
  std::string application;
  std::string config_path;
  std::string servers;
  std::string log_dir;
  std::vector<std::string> flags;
};

struct FleetTally {
  int starts = 0;
  std::map<int, int> exits;  // by exit code, those by our SIGKILL aside
  int kills = 0;
  std::vector<std::string> complaints;  // ends that must not be
};

// Instances are numbered from 0. After a shutdown that was not asked for, a
// fence, an unreachable cluster or the watchdog (exit codes 5, 6, 75) it starts
// the instance again after a short pause. After any other code it complains,
// unless the code was allowed, and leaves the instance down until Revive, as
// there is something to mend first. Thread-safe.
class Fleet {
 public:
  static constexpr int kMost = 4;

  Fleet(FleetOptions options, History* history);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet();  // kills

  // Instances 0 to n - 1 are to run; others are asked to stop.
  void Scale(int n);
  int size();
  // Started, and neither ended nor asked to stop.
  bool Running(int i);
  bool AllRunning();
  bool AllDown();

  // SIGKILL. Stays down until Revive if `hold`.
  absl::Status Kill(int i, bool hold);
  absl::Status Pause(int i);   // SIGSTOP
  absl::Status Resume(int i);  // SIGCONT
  // Whatever was held down starts again.
  void Revive();

  // Exit codes that the present fault deserves.
  void Allow(std::set<int> codes);
  int CountExits(int code);

  // The instance of a transactional id; -1: none.
  int InstanceOf(const std::string& transactional_id) const;
  std::string TransactionalId(int i) const;

  FleetTally Tally();

 private:
  struct Slot {
    std::unique_ptr<RunningInstance> instance;
    bool wanted = false;
    bool held = false;
    bool killed = false;
    absl::Time start_at = absl::InfinitePast();
    absl::Time stop_asked = absl::InfiniteFuture();
  };

  void Loop();
  void Turn();
  void Serve(int i);
  void Start(int i);
  void NoteEnd(int i);
  absl::Status Signal(int i, int signal);
  static std::string Name(int i);

  const FleetOptions options_;
  History* const history_;

  std::mutex mutex_;
  std::vector<Slot> slots_;  // guarded by mutex_, as all below
  std::set<int> allowed_;
  FleetTally tally_;

  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_CHAOS_FLEET_H_

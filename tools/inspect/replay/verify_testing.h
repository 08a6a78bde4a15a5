// What the tests of verify share: a run over all partitions, and forged
// results.

#ifndef EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TESTING_H_
#define EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "state/digest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"
#include "tools/inspect/replay/verify.h"

namespace exactmean {

class VerifyTest : public ReplayTest {
 protected:
  using ReplayTest::ReplayTest;

  // Of all partitions, in their order.
  absl::StatusOr<std::vector<PartitionVerdict>> Run() {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    options_.scan = Options();
    std::vector<Partition> all;
    for (int32_t p = 0; p < world_.pipeline().identity.input_partitions; ++p) {
      all.emplace_back(p);
    }
    auto states = ReadToVerify(&results, all, options_);
    if (!states.ok()) return states.status();
    return Verify(source_, *std::move(states), &input, options_);
  }
  PartitionVerdict RunFirst() {
    auto verdicts = Run();
    EXPECT_THAT(verdicts, IsOk());
    return verdicts.ok() ? (*verdicts)[0] : PartitionVerdict();
  }
  void AppendSome() {
    for (const char* value : {"1", "2", "3", "4"}) {
      Append(Partition(0), "a", value);
      Append(Partition(0), "b", value);
      Append(Partition(1), "c", value);
    }
    Append(Partition(0), "b", "bad");
    Append(Partition(0), "z", "1");
  }
  std::string Stored(const std::string& key) {
    return world_.watch(Partition(0)).view().at(key);
  }
  results::Checkpoint Checkpoint() {
    results::Checkpoint checkpoint;
    EXPECT_THAT(
        DecodeCheckpoint(Stored(std::string(kCheckpointKey)), &checkpoint),
        IsOk());
    return checkpoint;
  }
  // As a program writes that knows how to keep the digest.
  void Forge(const std::string& key, absl::optional<std::string> value) {
    results::Checkpoint checkpoint = Checkpoint();
    const auto& view = world_.watch(Partition(0)).view();
    const auto found = view.find(key);
    uint64_t digest = checkpoint.digest();
    uint64_t keys = checkpoint.keys();
    if (found != view.end()) {
      digest -= RecordHash(key, found->second);
      --keys;
    }
    if (value.has_value()) {
      digest += RecordHash(key, *value);
      ++keys;
    }
    checkpoint.set_digest(digest);
    checkpoint.set_keys(keys);
    world_.cluster().Produce("out", Partition(0), key, value);
    Forge(checkpoint);
  }
  void Forge(const results::Checkpoint& checkpoint) {
    world_.cluster().Produce("out", Partition(0), kCheckpointKey,
                             EncodeResult(checkpoint));
  }

  ReplaySource source_ = Source();
  VerifyOptions options_;
};

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_REPLAY_VERIFY_TESTING_H_

// Conservation on what the processor wrote, and on what it would never write.

#include "tools/inspect/audit/audit.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "state/reserved_keys.h"
#include "state/result_codec.h"
#include "tests/status_matchers.h"
#include "tools/inspect/replay/replay_testing.h"

namespace exactmean {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Partition kFirst(0), kSecond(1);

class AuditTest : public ReplayTest {
 protected:
  void SetUp() override {
    for (int round = 0; round < 5; ++round) {
      world_.Produce(60);
      Drain();
    }
  }
  PartitionAudit Run() {
    FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
    FakeResultsLog input(&world_.cluster(), &plan_, {"in"});
    AuditInput with;
    with.reader = &input;
    with.compacted = compacted_;
    with.group = [this](Partition p) -> absl::StatusOr<absl::optional<Offset>> {
      return world_.group().Committed(p);
    };
    with.taken_over = [this](Partition) { return taken_over_; };
    const auto audits = Audit(&results, with, {kFirst, kSecond}, Options());
    EXPECT_THAT(audits, IsOk());
    return audits.ok() ? (*audits)[0] : PartitionAudit();
  }
  results::Checkpoint Last() {
    results::Checkpoint checkpoint;
    EXPECT_THAT(DecodeCheckpoint(
                    world_.watch(kFirst).view().at(std::string(kCheckpointKey)),
                    &checkpoint),
                IsOk());
    return checkpoint;
  }
  // The next checkpoint, which `change` makes wrong.
  template <typename Change>
  PartitionAudit RunAfter(Change change) {
    results::Checkpoint next = Last();
    next.set_sequence(next.sequence() + 1);
    change(&next);
    world_.cluster().Produce("out", kFirst, kCheckpointKey, EncodeResult(next));
    return Run();
  }

  bool compacted_ = false;
  bool taken_over_ = false;
};

auto Says(const std::string& what) {
  return ElementsAre(Field(&Violation::what, HasSubstr(what)));
}

TEST_F(AuditTest, WhatAProcessorWroteHolds) {
  const PartitionAudit audit = Run();
  EXPECT_THAT(audit.violations, IsEmpty());
  EXPECT_EQ(audit.checkpoints, audit.last.sequence());
  EXPECT_EQ(audit.first.sequence(), 1u);
  EXPECT_EQ(audit.counted_from, Offset(0));
  EXPECT_GT(audit.counted, 50u);
  EXPECT_THAT(audit.writers, SizeIs(1));
  EXPECT_EQ(audit.group, Offset(audit.last.next_offset()));
}

TEST_F(AuditTest, CompactionAndRetentionAreNoViolations) {
  world_.cluster().partition("out", kFirst).Compact({});
  PartitionAudit audit = Run();
  EXPECT_THAT(audit.violations, IsEmpty());
  EXPECT_EQ(audit.checkpoints, 1u);
  EXPECT_GT(audit.first.sequence(), 5u);
  EXPECT_EQ(audit.counted_from, Offset(0));

  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(10));
  world_.Produce(60);
  Drain();
  audit = Run();
  EXPECT_THAT(audit.violations, IsEmpty());
  EXPECT_EQ(audit.counted_from, Offset(audit.first.next_offset()));
  EXPECT_GT(audit.counted, 5u);
}

TEST_F(AuditTest, AForeignOffsetBeforeTheFirstCheckpointIsTakenOver) {
  world_.cluster().RecreateTopic("out");
  EXPECT_THAT(Run().violations, Says("but there is no checkpoint"));
  taken_over_ = true;
  EXPECT_THAT(Run().violations, IsEmpty());
}

TEST_F(AuditTest, AnOffsetWithoutAFate) {
  EXPECT_THAT(
      RunAfter([](results::Checkpoint* c) {
        c->mutable_dispositions()->set_late(1);
      }).violations,
      ElementsAre(Field(&Violation::what, HasSubstr("offsets were passed")),
                  Field(&Violation::what, HasSubstr("were processed"))));
}

TEST_F(AuditTest, ACommitThatIsMissing) {
  EXPECT_THAT(RunAfter([](results::Checkpoint* c) {
                c->set_sequence(c->sequence() + 1);
              }).violations,
              Says("follows commit"));
}

TEST_F(AuditTest, ACommitThatWentBackIsNamedWithItsWriter) {
  const PartitionAudit audit = RunAfter([](results::Checkpoint* c) {
    c->set_writer("somebody");
    c->set_next_offset(c->next_offset() - 1);
    c->mutable_dispositions()->set_applied(c->dispositions().applied() - 1);
  });
  ASSERT_THAT(audit.violations, SizeIs(3));
  EXPECT_THAT(audit.violations[0].what,
              AllOf(HasSubstr("next_offset went back"), HasSubstr("somebody")));
  EXPECT_THAT(audit.violations[1].what, HasSubstr("went back: applied"));
  EXPECT_THAT(audit.violations[2].what, HasSubstr("the group's offset is"));
  EXPECT_THAT(audit.writers, SizeIs(2));
}

TEST_F(AuditTest, ARewindIsNoViolationButIsNamed) {
  const int64_t end = Last().next_offset();
  const auto rewound = [&](results::Checkpoint* c) {
    c->set_writer("app/rewind");
    c->set_next_offset(0);
    c->clear_dispositions();
    c->set_fingerprint(c->fingerprint() + 1);  // under other windows
  };
  const PartitionAudit audit = RunAfter(rewound);
  ASSERT_THAT(audit.violations,
              ElementsAre(Field(&Violation::what, HasSubstr("group"))));
  EXPECT_THAT(audit.writers, SizeIs(2));
  EXPECT_EQ(audit.writers[1].writer, "app/rewind");
  // The input's beginning is gone: it can be counted from the rewind on.
  world_.cluster().partition("in", kFirst).DeleteBefore(Offset(end - 1));
  EXPECT_FALSE(Run().counted_from.has_value());
}

TEST_F(AuditTest, ARewindMayBringAnotherConfigurationAndNobodyElse) {
  const auto violated = [](const PartitionAudit& audit) {
    for (const Violation& violation : audit.violations) {
      if (absl::StrContains(violation.what, "configuration")) return true;
    }
    return false;
  };
  EXPECT_FALSE(violated(RunAfter([](results::Checkpoint* c) {
    c->set_fingerprint(1);
    c->set_writer("app/rewind");
  })));
  EXPECT_TRUE(violated(RunAfter([](results::Checkpoint* c) {
    c->set_fingerprint(2);
    c->set_writer("app/a");
  })));
}

TEST_F(AuditTest, ARewindChangesNothingButTheConfiguration) {
  EXPECT_THAT(RunAfter([](results::Checkpoint* c) {
                c->set_writer("app/rewind");
                c->set_input_topic("other");
              }).violations,
              Says("of another application, input or configuration"));
}

TEST_F(AuditTest, RecordsThatTheInputHoldsButNobodyProcessed) {
  const PartitionAudit audit = RunAfter([](results::Checkpoint* c) {
    c->mutable_dispositions()->set_absent(c->dispositions().absent() + 1);
    c->mutable_dispositions()->set_applied(c->dispositions().applied() - 1);
  });
  EXPECT_THAT(
      audit.violations,
      ElementsAre(Field(&Violation::what, HasSubstr("went back")),
                  Field(&Violation::what, HasSubstr("were processed"))));
  EXPECT_EQ(audit.counted, audit.expected + 1);
  // A compacted input is not counted.
  compacted_ = true;
  EXPECT_FALSE(Run().counted_from.has_value());
}

TEST_F(AuditTest, AGroupOffsetOfNoCheckpoint) {
  EXPECT_THAT(Run().violations, IsEmpty());
  Drain();
  FakeResultsLog results(&world_.cluster(), &plan_, {"out"});
  AuditInput with;
  with.group = [](Partition) -> absl::StatusOr<absl::optional<Offset>> {
    return absl::optional<Offset>(Offset(100000));
  };
  auto audits = Audit(&results, with, {kFirst}, Options());
  ASSERT_THAT(audits, IsOk());
  EXPECT_THAT((*audits)[0].violations, Says("the group's offset is 100000"));
  // It moves: processors run.
  int64_t moving = 100000;
  with.group = [&](Partition) -> absl::StatusOr<absl::optional<Offset>> {
    return absl::optional<Offset>(Offset(++moving));
  };
  audits = Audit(&results, with, {kFirst}, Options());
  ASSERT_THAT(audits, IsOk());
  EXPECT_THAT((*audits)[0].violations, IsEmpty());
}

TEST_F(AuditTest, LostRecordsAddUp) {
  const auto lost = [](results::Checkpoint* c) {
    c->set_delivery(results::AT_MOST_ONCE);
    c->mutable_dispositions()->set_lost(3);
    c->set_next_offset(c->next_offset() + 3);
  };
  world_.Produce(40);
  EXPECT_THAT(RunAfter(lost).violations, IsEmpty());
}

TEST_F(AuditTest, WhatWasRetriedWaitsOrCameToItsEnd) {
  const auto sent = [](uint64_t waiting) {
    return [waiting](results::Checkpoint* c) {
      results::Dispositions* d = c->mutable_dispositions();
      d->set_applied(d->applied() - 3);
      d->set_retried(3);
      c->mutable_retry_outcomes()->set_applied(1);
      results::RetryTopic* topic = c->add_retry_topics();
      topic->set_topic("later");
      topic->set_waiting(waiting);
    };
  };
  const auto of_retries = [](const PartitionAudit& audit) {
    int found = 0;
    for (const Violation& violation : audit.violations) {
      found += absl::StrContains(violation.what, "retry topics") ? 1 : 0;
    }
    return found;
  };
  EXPECT_EQ(of_retries(RunAfter(sent(2))), 0);
  EXPECT_EQ(of_retries(RunAfter(sent(1))), 1);
}

TEST_F(AuditTest, AFormerOwnersLateCheckpointIsNoViolation) {
  PartitionAudit audit = RunAfter(
      [](results::Checkpoint* c) { c->set_delivery(results::AT_LEAST_ONCE); });
  EXPECT_THAT(audit.violations, IsEmpty());
  const int64_t next = audit.last.next_offset();
  audit = RunAfter([](results::Checkpoint* c) {
    c->set_delivery(results::AT_LEAST_ONCE);
    c->set_next_offset(c->next_offset() - 1);
    c->mutable_dispositions()->set_applied(c->dispositions().applied() - 1);
  });
  EXPECT_THAT(audit.violations, IsEmpty());
  EXPECT_EQ(audit.last.next_offset(), next);
}

TEST_F(AuditTest, WhatIsNoCheckpoint) {
  world_.cluster().Produce("out", kFirst, kCheckpointKey, "nonsense");
  EXPECT_THAT(Run().violations, SizeIs(1));
}

}  // namespace
}  // namespace exactmean

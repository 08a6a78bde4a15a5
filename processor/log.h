// The seam between the processor and Kafka: three small interfaces and the
// values that cross them. processor/kafka implements them on librdkafka,
// tests/fake_log in memory; tests/conformance holds both to this contract.
//
// Errors, on every call, by consequence:
//   kUnavailable         passing trouble: make the same call again later
//   kAborted             this transaction cannot commit: Abort() it; what it
//                        held may go into the next one
//   kUnknown             nobody knows whether the transaction committed, or the
//                        producer is beyond use: Open() it anew and restore
//   kFailedPrecondition  fenced: another process works under this identity
//   kPermissionDenied    not authorised
//   kNotFound            no such topic or partition
//   kOutOfRange          the offset is not in the log (any more)
//   kInvalidArgument     this record or setting can never be accepted
//   anything else        give up and say so
//
// Each object is confined to one thread: the worker's run loop.

#ifndef EXACTMEAN_PROCESSOR_LOG_H_
#define EXACTMEAN_PROCESSOR_LOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "state/record.h"
#include "state/types.h"

namespace exactmean {

// A record as read. Views, and `message`, are valid until the next call on the
// log that returned it.
struct LogRecord {
  Partition partition;
  Offset offset;
  int64_t timestamp_ms = -1;  // -1: none
  absl::optional<absl::string_view> key;
  absl::optional<absl::string_view> value;  // absent: null, a tombstone

  // Headers are wanted of few records, and dear: they are taken out of the
  // message when they are asked for, by HeadersOf.
  absl::StatusOr<Headers> (*read_headers)(const void* message) = nullptr;
  const void* message = nullptr;
};

// kDataLoss: its headers cannot be read.
inline absl::StatusOr<Headers> HeadersOf(const LogRecord& record) {
  if (record.read_headers == nullptr) return Headers();
  return record.read_headers(record.message);
}

// What a partition retains: records from `low` to before `high`.
struct OffsetRange {
  Offset low;
  Offset high;
};

// Which topic a name stands for.
struct TopicIdentity {
  // Another one once the topic was deleted and made again. Brokers older than
  // Kafka 2.8 give all topics the same.
  std::string id;
  int32_t partitions = 0;
};

// The next offset to be read.
struct PartitionOffset {
  Partition partition;
  Offset next;
};

// Proof of membership at one moment: what the broker needs to fence a writer
// that has lost its partitions.
struct GroupToken {
  std::string group;
  int32_t generation = -1;
  std::string member;
  std::string instance;  // empty: a dynamic member
};

// What is left with every offset that is committed, to tell it from another
// program's.
constexpr absl::string_view kOffsetNote = "exactmean";

// Told of changes of the assignment from within InputLog::Poll and Close, on
// the same thread.
class AssignmentListener {
 public:
  virtual ~AssignmentListener() = default;
  // New partitions, paused: nothing is delivered before ResumeAt.
  virtual void OnAssigned(absl::Span<const Partition> partitions) = 0;
  // The last moment at which a commit for them is still accepted.
  virtual void OnRevoked(absl::Span<const Partition> partitions) = 0;
  // Already somebody else's: nothing of them may be committed.
  virtual void OnLost(absl::Span<const Partition> partitions) = 0;
};

// The input topic, as a member of the consumer group.
class InputLog {
 public:
  virtual ~InputLog() = default;

  // Joins the group. REQUIRES: called once, before Poll; `listener` outlives
  // this object.
  virtual absl::Status Subscribe(AssignmentListener* listener) = 0;

  // Waits up to `timeout` for records of resumed partitions; in the order of
  // each partition; may be empty. Serves the group protocol: call it at least
  // every few seconds. Offsets may be absent (markers, compaction), and a
  // record may be delivered that lies below the position asked for: the caller
  // keeps count.
  virtual absl::StatusOr<absl::Span<const LogRecord>> Poll(
      absl::Duration timeout) = 0;

  // The group's committed offset; nullopt when there is none. Stable: while a
  // transaction that moves it is undecided, kUnavailable.
  virtual absl::StatusOr<absl::optional<Offset>> Committed(
      Partition partition) = 0;

  // The note that was left with the group's committed offset: kOffsetNote, or
  // whatever another program writes there; mostly nothing. Empty, too, when
  // there is no offset.
  virtual absl::StatusOr<std::string> CommittedNote(Partition partition) = 0;

  // low: the first retained; high: the end, transactions still open included.
  virtual absl::StatusOr<OffsetRange> Range(Partition partition) = 0;

  // The last stable offset: before it no transaction is open.
  virtual absl::StatusOr<Offset> StableEnd(Partition partition) = 0;

  // The first record with this timestamp or a later one; nullopt: none has.
  virtual absl::StatusOr<absl::optional<Offset>> FindTime(Partition partition,
                                                          absl::Time time) = 0;

  // The first readable record at `offset` or after it and before `high`;
  // nullopt when there is none. Independent of the position of Poll.
  virtual absl::StatusOr<absl::optional<LogRecord>> ReadAt(Partition partition,
                                                           Offset offset) = 0;

  // Poll delivers from `offset` on. REQUIRES: assigned and paused.
  virtual absl::Status ResumeAt(Partition partition, Offset offset) = 0;

  // Poll delivers nothing more of it, from its next call on.
  virtual absl::Status Pause(Partition partition) = 0;

  // Read afresh at each call. kAborted when membership is not established or
  // the assignment is lost: a commit now would be a zombie's.
  virtual absl::StatusOr<GroupToken> Token() = 0;

  // Begins to commit offsets without a transaction, as a member of now: at once
  // or, kInTime, when the client's own timer says so. One commit at a time: the
  // last one's outcome is to be asked for first; but of those kInTime a later
  // call takes the place of an earlier one. After an error nothing was begun;
  // kAborted as Token.
  enum class CommitWhen { kNow, kInTime };
  virtual absl::Status CommitOffsets(absl::Span<const PartitionOffset> offsets,
                                     CommitWhen when) = 0;

  // The outcome, waiting up to `timeout` for it; one kInTime comes with Poll
  // alone. OK: the group has the offsets. kUnavailable: not decided yet.
  // kAborted: the group may or may not have them; refused, for one, because the
  // member was none any more.
  virtual absl::Status OffsetsCommitted(absl::Duration timeout) = 0;

  // The topic as the cluster knows it now.
  virtual absl::StatusOr<TopicIdentity> Describe() = 0;

  // Leaves the group (a static member keeps its place); calls the listener for
  // what is still assigned. Bounded in time.
  virtual absl::Status Close() = 0;
};

// The results topic, read committed, for restoring.
class ResultsLog {
 public:
  virtual ~ResultsLog() = default;

  // The end of the partition, records of open transactions included.
  virtual absl::StatusOr<Offset> EndOffset(Partition partition) = 0;

  // Starts reading `partition` from its first retained record. Several may be
  // open at once.
  virtual absl::Status Open(Partition partition) = 0;

  // Waits up to `timeout` for records of the open partitions, in order.
  virtual absl::StatusOr<absl::Span<const LogRecord>> Read(
      absl::Duration timeout) = 0;

  // Everything readable before this offset has been returned by Read, markers
  // and aborted records stepped over. It stays below EndOffset while an open
  // transaction holds readers back. REQUIRES: open.
  virtual Offset Position(Partition partition) = 0;

  virtual void Close(Partition partition) = 0;

  // The topic as the cluster knows it now.
  virtual absl::StatusOr<TopicIdentity> Describe() = 0;
};

// Where a written record goes.
enum class Destination { kResults, kUpdates, kDeadLetters, kFirstRetryTopic };

// The retry topic of a step, from 0.
constexpr Destination RetryDestination(size_t step) {
  return static_cast<Destination>(
      static_cast<size_t>(Destination::kFirstRetryTopic) + step);
}

// One transactional producer under one transactional id.
//
// Or one without transactions, for the modes that use none: what is written is
// visible as soon as it is in the log, in each partition in the order of Write.
// Then Commit says that all written since Begin is in the log, AddOffsets is
// not called, and Abort cannot take anything back; whatever fails after a Write
// is kUnknown, but for what can never be accepted: part of it may be there, and
// more of it may come.
class Transaction {
 public:
  virtual ~Transaction() = default;

  // Makes a new producer under the id, fencing any older one and ending what it
  // left open. Waits up to about `timeout`; after kUnavailable the next call
  // goes on with the same. Needed first, and after kUnknown.
  virtual absl::Status Open(absl::Duration timeout) = 0;

  virtual absl::Status Begin() = 0;

  // Hands over one record (value absent: a tombstone); copied. It may fail
  // later, which AddOffsets or Commit reports. However often the call is
  // repeated after kUnavailable, it is written once.
  virtual absl::Status Write(Destination destination, Partition partition,
                             absl::string_view key,
                             absl::optional<absl::string_view> value) = 0;

  // Likewise, with headers, a key that may be null, and a timestamp; one of 0
  // becomes the time of now: librdkafka can write no other.
  virtual absl::Status WriteRecord(Destination destination, Partition partition,
                                   const OwnedRecord& record) = 0;

  // Whether AddOffsets would find all that was written in the log, or refused,
  // and so not wait for it. To be asked now and then: it is what hurries the
  // writing along. Does not wait, or hardly.
  virtual bool Delivered() = 0;

  // Waits until all that was written is in the log, then adds the offsets, with
  // kOffsetNote: the fence. Not to be repeated after an error, except
  // kUnavailable.
  using PartitionOffset = exactmean::PartitionOffset;
  virtual absl::Status AddOffsets(absl::Span<const PartitionOffset> offsets,
                                  const GroupToken& token) = 0;

  // kUnavailable: call Commit again, never Abort.
  virtual absl::Status Commit() = 0;

  // Nothing of the transaction will ever be visible. OK when none was begun.
  virtual absl::Status Abort() = 0;

  // The transactional id; without transactions, the instance's.
  virtual absl::string_view id() const = 0;
};

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_LOG_H_

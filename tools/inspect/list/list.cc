// List: in one reading that keeps all rows, or in two that keep few.

#include "tools/inspect/list/list.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "state/counts.h"
#include "state/reserved_keys.h"
#include "tools/inspect/list/rows.h"
#include "xxhash.h"

namespace exactmean {
namespace {

bool IsWanted(const ListSpec& spec, const LogRecord& record) {
  const absl::string_view key = record.key.value_or("");
  return !IsReservedKey(key) && spec.filter.Matches(key);
}

// Keys by a hash of 128 bits, of which no two are equal in practice.
class NewestOffsets {
 public:
  void Accept(const LogRecord& record, bool tombstones) {
    if (record.value.has_value() || tombstones) {
      newest_[HashOf(record)] = record.offset.value();
    } else {
      newest_.erase(HashOf(record));
    }
  }
  bool IsNewest(const LogRecord& record) const {
    const auto it = newest_.find(HashOf(record));
    return it != newest_.end() && it->second == record.offset.value();
  }
  size_t size() const { return newest_.size(); }

 private:
  struct Hash128 {
    uint64_t low, high;
    bool operator==(const Hash128& other) const {
      return low == other.low && high == other.high;
    }
  };
  struct Low {
    size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  static Hash128 HashOf(const LogRecord& record) {
    const absl::string_view key = record.key.value_or("");
    const XXH128_hash_t hash =
        XXH3_128bits_withSeed(key.data(), key.size(),
                              static_cast<uint64_t>(record.partition.value()));
    return {hash.low64, hash.high64};
  }

  absl::flat_hash_map<Hash128, int64_t, Low> newest_;
};

// The first rows so far, the last of them on top of a heap.
class FirstRows {
 public:
  explicit FirstRows(const ListSpec* spec) : spec_(spec), row_(spec) {}

  // kDataLoss: no snapshot.
  absl::Status Accept(const LogRecord& record) {
    const ListOrder& order = spec_->order;
    Kept candidate;
    candidate.partition = record.partition.value();
    candidate.bytes = std::string(record.key.value_or(""));
    // By key there is no need to decode what will not be kept.
    if (order.by == ListOrder::By::kKey && full()) {
      candidate.rank = RowReader::KeyRank(order, candidate.bytes);
      if (!ComesBefore(order, candidate, rows_.front())) {
        return absl::OkStatus();
      }
    }
    const absl::Status status = row_.Read(record);
    if (!status.ok()) return status;
    candidate.rank = row_.rank();
    candidate.deleted = !record.value.has_value();
    if (full()) {
      if (!ComesBefore(order, candidate, rows_.front())) {
        return absl::OkStatus();
      }
      std::pop_heap(rows_.begin(), rows_.end(), Before());
      rows_.pop_back();
    }
    candidate.cells.assign(row_.cells().begin(), row_.cells().end());
    rows_.push_back(std::move(candidate));
    std::push_heap(rows_.begin(), rows_.end(), Before());
    return absl::OkStatus();
  }

  void Emit(EmitRow emit) {
    std::sort_heap(rows_.begin(), rows_.end(), Before());
    for (const Kept& row : rows_) {
      emit({row.bytes, Partition(row.partition), row.deleted, row.cells});
    }
  }

 private:
  struct Kept {
    uint64_t rank = 0;
    int32_t partition = 0;
    bool deleted = false;
    std::string bytes;
    std::vector<Cell> cells;
    absl::string_view key() const { return bytes; }
  };
  struct Order {
    const ListOrder* order;
    bool operator()(const Kept& a, const Kept& b) const {
      return ComesBefore(*order, a, b);
    }
  };
  Order Before() const { return {&spec_->order}; }
  bool full() const { return rows_.size() >= spec_->limit; }

  const ListSpec* const spec_;
  RowReader row_;
  std::vector<Kept> rows_;
};

// Of keys alone nobody can tell.
bool Fits(Partition /*partition*/) { return false; }

absl::Status ListInOneReading(TopicReader* reader,
                              std::vector<Stretch> stretches,
                              const ListSpec& spec, const ScanOptions& options,
                              EmitRow emit) {
  RowTable rows(&spec);
  ScanOptions ahead = options;
  ahead.upcoming = [&](absl::Span<const LogRecord> records) {
    rows.Expect(records);
  };
  const auto accept = [&](const LogRecord& record) {
    if (IsWanted(spec, record)) rows.Accept(record);
    return absl::OkStatus();
  };
  const absl::Status read = ScanOn(reader, ahead, accept, &Fits, &stretches);
  return read.ok() ? rows.Emit(emit) : read;
}

absl::Status ListInTwoReadings(TopicReader* reader,
                               std::vector<Stretch> stretches,
                               const ListSpec& spec, const ScanOptions& options,
                               EmitRow emit) {
  NewestOffsets newest;
  const auto note = [&](const LogRecord& record) {
    if (IsWanted(spec, record)) newest.Accept(record, spec.tombstones);
    return absl::OkStatus();
  };
  const absl::Status read = ScanOn(reader, options, note, &Fits, &stretches);
  if (!read.ok()) return read;

  const bool in_order_of_log = spec.order.by == ListOrder::By::kLog;
  FirstRows first_rows(&spec);
  RowReader row(&spec);
  size_t seen = 0, emitted = 0, bad = 0;
  std::string first_bad;
  const auto accept = [&](const LogRecord& record) -> absl::Status {
    if (!in_order_of_log) return first_rows.Accept(record);
    if (spec.limit > 0 && emitted >= spec.limit) return absl::OkStatus();
    const absl::Status status = row.Read(record);
    if (!status.ok()) return status;
    emit({record.key.value_or(""), record.partition, !record.value.has_value(),
          row.cells()});
    ++emitted;
    return absl::OkStatus();
  };
  const auto ends =
      Scan(reader, stretches, options, [&](const LogRecord& record) {
        if (!IsWanted(spec, record) || !newest.IsNewest(record)) {
          return absl::OkStatus();
        }
        ++seen;
        const absl::Status status = accept(record);
        if (!status.ok() && bad++ == 0) {
          first_bad = std::string(status.message());
        }
        return absl::OkStatus();
      });
  if (!ends.ok()) return ends.status();
  if (!in_order_of_log) first_rows.Emit(emit);
  if (seen < newest.size()) {
    return absl::AbortedError(absl::StrCat(
        Plural(newest.size() - seen, "key"),
        " changed, and compaction took away what was there before, between "
        "two readings of the topic: left out. Run this again"));
  }
  return BadSnapshots(bad, first_bad);
}

}  // namespace

absl::StatusOr<ListOrder> ParseOrder(absl::string_view text,
                                     const std::vector<NamedWindow>& windows) {
  ListOrder order;
  if (text == "none") {
    order.by = ListOrder::By::kLog;
    return order;
  }
  order.descending = absl::ConsumePrefix(&text, "-");
  if (text == "key") return order;
  auto column = ParseColumn(text, windows);
  if (!column.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--sort takes key, none or a column, each but none also "
                     "with - before it: ",
                     column.status().message()));
  }
  order.by = ListOrder::By::kColumn;
  order.column = *std::move(column);
  return order;
}

absl::Status List(TopicReader* reader, absl::Span<const Stretch> stretches,
                  const ListSpec& spec, const ScanOptions& options,
                  EmitRow emit) {
  const bool all_in_order =
      spec.limit == 0 && spec.order.by != ListOrder::By::kLog;
  const auto list = all_in_order ? &ListInOneReading : &ListInTwoReadings;
  return list(reader, {stretches.begin(), stretches.end()}, spec, options,
              emit);
}

}  // namespace exactmean

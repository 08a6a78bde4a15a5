// RowReader and RowTable.

#include "tools/inspect/list/rows.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "state/counts.h"
#include "state/result_codec.h"
#include "tools/inspect/key_rank.h"
#include "tools/inspect/prefetch.h"
#include "xxhash.h"

namespace exactmean {
namespace {

constexpr size_t kBlock = 1 << 20;
constexpr size_t kAhead = 16;

}  // namespace

uint64_t RowReader::KeyRank(const ListOrder& order, absl::string_view key) {
  const uint64_t rank = exactmean::KeyRank(key);
  return order.descending ? ~rank : rank;
}

absl::Status RowReader::Read(const LogRecord& record) {
  const ListOrder& order = spec_->order;
  snapshot_.Clear();
  const bool deleted = !record.value.has_value();
  if (!deleted) {
    const auto head = head_.Of(*record.value);
    const absl::Status status =
        head.ok() ? DecodeSnapshot(*head, &snapshot_) : head.status();
    if (!status.ok()) {
      return absl::Status(
          status.code(),
          absl::StrCat("partition ", record.partition.value(), ", offset ",
                       record.offset.value(), ", key \"",
                       PrintableKey(record.key.value_or("")),
                       "\": ", status.message()));
    }
  }
  const auto cell_of = [&](const Column& column) {
    const bool known = !deleted || column.field == Column::Field::kPartition ||
                       column.field == Column::Field::kOffset;
    return known ? CellOf(column, snapshot_, record.partition, record.offset)
                 : kNoCell;
  };
  for (size_t i = 0; i < cells_.size(); ++i) {
    cells_[i] = cell_of(spec_->columns[i]);
  }
  rank_ = 0;
  if (order.by == ListOrder::By::kKey) {
    rank_ = KeyRank(order, record.key.value_or(""));
  } else if (order.by == ListOrder::By::kColumn) {
    const Cell cell = cell_of(order.column);
    rank_ = RankOf(order.column, cell);
    // What has no such number comes last either way.
    if (order.descending && cell != kNoCell) rank_ = ~rank_;
  }
  return absl::OkStatus();
}

absl::Status BadSnapshots(size_t count, absl::string_view first) {
  if (count == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      count == 1 ? "a record is"
                 : absl::StrCat(WithCommas(count), " records are"),
      " no snapshot, and left out: ", count == 1 ? "" : "the first: ", first,
      ". Did somebody else write to the topic? A start would refuse it"));
}

RowTable::RowTable(const ListSpec* spec)
    : spec_(spec),
      columns_(spec->columns.size()),
      row_(spec),
      index_(0, Hash(), Equal{columns_}) {}

absl::string_view RowTable::KeyOf(const Entry& entry, size_t columns) {
  return {reinterpret_cast<const char*>(entry.cells + columns), entry.key_size};
}

bool RowTable::Equal::operator()(const Slot& a, const Ref& b) const {
  return a.hash == b.hash && a.entry->partition == b.partition &&
         KeyOf(*a.entry, columns) == b.key;
}

RowTable::Ref RowTable::RefOf(const LogRecord& record) {
  Ref ref{0, record.partition.value(), record.key.value_or("")};
  ref.hash = XXH3_64bits_withSeed(ref.key.data(), ref.key.size(),
                                  static_cast<uint64_t>(ref.partition));
  return ref;
}

void RowTable::Expect(absl::Span<const LogRecord> records) const {
  Hashed hashes[ScanOptions::kUpcoming];
  size_t size = 0;
  for (const LogRecord& record : records) {
    hashes[size].hash = RefOf(record).hash;
    index_.prefetch(hashes[size++]);
  }
  for (const Hashed& hashed : absl::MakeConstSpan(hashes, size)) {
    const auto it = index_.find(hashed);
    if (it != index_.end()) Prefetch(*it->entry);
  }
}

// Its cells and the first bytes of its key.
void RowTable::Prefetch(const Entry& entry) const {
  constexpr size_t kOfKey = 64;
  const char* const begin = reinterpret_cast<const char*>(&entry);
  const char* const key = reinterpret_cast<const char*>(entry.cells + columns_);
  PrefetchAll(begin, static_cast<size_t>(key - begin) + kOfKey);
}

RowTable::Entry* RowTable::FindOrCreate(const LogRecord& record) {
  const Ref ref = RefOf(record);
  const auto it = index_.lazy_emplace(ref, [&](const auto& construct) {
    construct(Slot{ref.hash, NewEntry(ref)});
  });
  return it->entry;
}

RowTable::Entry* RowTable::NewEntry(const Ref& ref) {
  size_t size =
      offsetof(Entry, cells) + columns_ * sizeof(Cell) + ref.key.size();
  size = (size + alignof(Entry) - 1) / alignof(Entry) * alignof(Entry);
  if (size > left_) {
    left_ = std::max(size, kBlock);
    blocks_.emplace_back(new char[left_]);  // no zeros
    free_ = blocks_.back().get();
  }
  Entry* const entry = reinterpret_cast<Entry*>(free_);
  free_ += size;
  left_ -= size;
  entry->rank = 0;
  entry->deleted = false;
  entry->partition = ref.partition;
  entry->key_size = static_cast<uint32_t>(ref.key.size());
  std::copy(ref.key.begin(), ref.key.end(),
            reinterpret_cast<char*>(entry->cells + columns_));
  entries_.push_back(entry);
  return entry;
}

void RowTable::Accept(const LogRecord& record) {
  Entry* const entry = FindOrCreate(record);
  if (!bad_.empty()) bad_.erase(entry);
  const absl::Status status = row_.Read(record);
  if (!status.ok()) {
    bad_[entry] = std::string(status.message());
    return;
  }
  entry->deleted = !record.value.has_value();
  entry->rank = row_.rank();
  std::copy(row_.cells().begin(), row_.cells().end(), entry->cells);
}

absl::Status RowTable::Emit(EmitRow emit) {
  struct Ranked {
    uint64_t rank;
    int32_t partition;
    uint32_t key_size;
    const Entry* entry;
    const char* bytes;
    absl::string_view key() const { return {bytes, key_size}; }
  };
  std::vector<Ranked> order;
  order.reserve(entries_.size());
  for (const Entry* entry : entries_) {
    if (entry->deleted && !spec_->tombstones) continue;
    if (!bad_.empty() && bad_.count(entry) > 0) continue;
    order.push_back({entry->rank, entry->partition, entry->key_size, entry,
                     KeyOf(*entry, columns_).data()});
  }
  if (spec_->order.by == ListOrder::By::kKey) {
    // Keys often begin alike: the bytes after that tell them apart.
    const size_t same = CommonPrefix(order);
    for (Ranked& ranked : order) {
      ranked.rank = RowReader::KeyRank(spec_->order, ranked.key().substr(same));
    }
  }
  std::sort(order.begin(), order.end(), [&](const Ranked& a, const Ranked& b) {
    return ComesBefore(spec_->order, a, b);
  });
  for (size_t i = 0; i < order.size(); ++i) {
    // The rows lie anywhere: the next ones are on their way meanwhile.
    const size_t ahead = std::min(i + kAhead, order.size() - 1);
    Prefetch(*order[ahead].entry);
    const Ranked& ranked = order[i];
    emit({ranked.key(), Partition(ranked.partition), ranked.entry->deleted,
          absl::MakeConstSpan(ranked.entry->cells, columns_)});
  }
  std::string first;
  for (const auto& [entry, message] : bad_) {
    if (first.empty() || message < first) first = message;
  }
  return BadSnapshots(bad_.size(), first);
}

}  // namespace exactmean

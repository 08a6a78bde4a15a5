// MetricsText.

#include "processor/metrics/metrics_text.h"

#include <cstdint>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/optional.h"

namespace exactmean {
namespace {

using results::Dispositions;

std::string Quoted(absl::string_view value) {
  return absl::StrCat(
      "\"",
      absl::StrReplaceAll(value,
                          {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
      "\"");
}

class Writer {
 public:
  explicit Writer(const std::map<int, WorkerReport>& reports)
      : reports_(reports) {}

  // Of each worker.
  void OfWorkers(absl::string_view name, absl::string_view help,
                 uint64_t WorkerReport::*counter) {
    Head(name, help, "counter");
    for (const auto& [worker, report] : reports_) {
      absl::StrAppend(&text_, name, "{worker=\"", worker, "\"} ",
                      report.*counter, "\n");
    }
  }

  // Of each partition; nullopt: not known, and left out.
  using Gauge =
      std::function<absl::optional<int64_t>(const PartitionReport& report)>;
  void OfPartitions(absl::string_view name, absl::string_view help,
                    const Gauge& gauge) {
    Head(name, help, "gauge");
    for (const auto& [worker, report] : reports_) {
      for (const PartitionReport& partition : report.partitions) {
        const absl::optional<int64_t> value = gauge(partition);
        if (!value.has_value()) continue;
        absl::StrAppend(&text_, name, "{partition=\"",
                        partition.partition.value(), "\"} ", *value, "\n");
      }
    }
  }

  void Fates() {
    constexpr absl::string_view kName = "exactmean_offsets_passed_total";
    Head(kName, "What became of every offset of the partition, ever.",
         "counter");
    const std::pair<absl::string_view, uint64_t (Dispositions::*)() const>
        fates[] = {{"applied", &Dispositions::applied},
                   {"late", &Dispositions::late},
                   {"skipped", &Dispositions::skipped},
                   {"dead_lettered", &Dispositions::dead_lettered},
                   {"retried", &Dispositions::retried},
                   {"filtered", &Dispositions::filtered},
                   {"absent", &Dispositions::absent},
                   {"lost", &Dispositions::lost}};
    for (const auto& [worker, report] : reports_) {
      for (const PartitionReport& partition : report.partitions) {
        if (!partition.running) continue;
        for (const auto& [fate, count] : fates) {
          absl::StrAppend(&text_, kName, "{partition=\"",
                          partition.partition.value(), "\",fate=\"", fate,
                          "\"} ", (partition.dispositions.*count)(), "\n");
        }
      }
    }
  }

  void Head(absl::string_view name, absl::string_view help,
            absl::string_view type) {
    absl::StrAppend(&text_, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                    type, "\n");
  }
  std::string& text() { return text_; }

 private:
  const std::map<int, WorkerReport>& reports_;
  std::string text_;
};

// Of partitions that run.
Writer::Gauge Running(std::function<int64_t(const PartitionReport&)> gauge) {
  return [gauge = std::move(gauge)](const PartitionReport& p) {
    return p.running ? absl::optional<int64_t>(gauge(p)) : absl::nullopt;
  };
}

}  // namespace

std::string MetricsText(absl::string_view application_id,
                        const std::map<int, WorkerReport>& reports) {
  Writer writer(reports);
  writer.Head("exactmean_info", "Always 1.", "gauge");
  absl::StrAppend(&writer.text(),
                  "exactmean_info{application_id=", Quoted(application_id),
                  "} 1\n");
  writer.OfWorkers("exactmean_records_total",
                   "Records handled since the process began.",
                   &WorkerReport::records);
  writer.OfWorkers("exactmean_commits_total", "Commits that took place.",
                   &WorkerReport::commits);
  writer.OfWorkers("exactmean_aborts_total", "Commits that did not take place.",
                   &WorkerReport::aborts);
  writer.OfWorkers("exactmean_recoveries_total",
                   "Restores of all partitions: what was committed was not "
                   "known, or somebody else had written.",
                   &WorkerReport::recoveries);
  writer.OfPartitions(
      "exactmean_partition_running",
      "1: records are folded in; 0: it is being restored.",
      [](const PartitionReport& p) { return p.running ? 1 : 0; });
  writer.OfPartitions(
      "exactmean_next_offset", "Of the input: all before it is folded in.",
      Running([](const PartitionReport& p) { return p.next.value(); }));
  writer.OfPartitions("exactmean_lag",
                      "Offsets from there to the input's end, markers and open "
                      "transactions included.",
                      [](const PartitionReport& p) { return p.lag; });
  writer.OfPartitions("exactmean_keys", "Live keys.",
                      Running([](const PartitionReport& p) { return p.keys; }));
  writer.OfPartitions(
      "exactmean_retry_waiting", "Records that wait in retry topics.",
      Running([](const PartitionReport& p) { return p.waiting; }));
  writer.OfPartitions(
      "exactmean_stuck_tries",
      "Tries of the record that holds the partition up; 0: none does.",
      Running([](const PartitionReport& p) { return p.stuck_tries; }));
  writer.OfPartitions("exactmean_stuck_seconds", "For how long it does.",
                      Running([](const PartitionReport& p) {
                        return absl::ToInt64Seconds(p.stuck_for);
                      }));
  writer.Fates();
  return writer.text();
}

}  // namespace exactmean

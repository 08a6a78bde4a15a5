// Reports as metrics, in the text format of Prometheus.

#ifndef EXACTMEAN_PROCESSOR_METRICS_METRICS_TEXT_H_
#define EXACTMEAN_PROCESSOR_METRICS_METRICS_TEXT_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "processor/metrics/worker_report.h"

namespace exactmean {

// Exposition format 0.0.4. `reports` by the worker's number. Each metric is
// described; docs/metrics.md lists them.
std::string MetricsText(absl::string_view application_id,
                        const std::map<int, WorkerReport>& reports);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_METRICS_METRICS_TEXT_H_

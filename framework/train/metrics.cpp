#include "framework/train/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/options.h"

namespace gradus {
namespace {

template <class T>
void append(std::vector<T>& to, std::span<const T> values) {
  to.insert(to.end(), values.begin(), values.end());
}

bool has_nan(const std::vector<float>& values) {
  return std::ranges::any_of(values, [](float x) { return std::isnan(x); });
}

/// The metric of that name, with the k that the name has.
Metrics::Entry find(const std::string& name, MetricParameters parameters) {
  const std::vector<std::string> names = metric_names();
  for (const Metric& metric : metrics()) {
    if (!is_one_of(name, {metric.name})) continue;
    if (name != metric.name) {
      const std::size_t at = name.rfind('@') + 1;
      std::from_chars(name.data() + at, name.data() + name.size(), parameters.cut);
    }
    return {name, &metric, parameters};
  }
  const std::string nearest = nearest_name(name, names);
  fail("no metric \"{}\"{}; the metrics: {}", name,
       nearest.empty() ? "" : fmt::format(", nearest is \"{}\"", nearest), fmt::join(names, ", "));
}

}  // namespace

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> kMetrics = [] {
    std::vector<Metric> all = running_metrics();
    for (const auto& more : {order_metrics(), group_metrics()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return kMetrics;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) names.push_back(metric.name);
  return names;
}

Metrics::Metrics(const std::vector<std::string>& names, const MetricParameters& parameters)
    : sums_(names.size()) {
  list_.reserve(names.size());
  for (const std::string& name : names) {
    list_.push_back(find(name, parameters));
    keeps_rows_ = keeps_rows_ || list_.back().metric->of_rows != nullptr;
    by_group_ = by_group_ || list_.back().metric->by_group;
  }
}

void Metrics::reserve(std::size_t rows) {
  if (!keeps_rows_) return;
  rows_.predictions.reserve(rows);
  rows_.labels.reserve(rows);
  rows_.weights.reserve(rows);
  if (by_group_) rows_.groups.reserve(rows);
}

void Metrics::update(const MetricRows& rows) {
  const std::size_t count = rows.labels.size();
  if (rows.predictions.size() != count || (!rows.weights.empty() && rows.weights.size() != count)) {
    fail("metric: {} predictions, {} labels and {} weights", rows.predictions.size(), count,
         rows.weights.size());
  }
  if (by_group_ && rows.groups.size() != count) {
    const auto needs =
        std::ranges::find_if(list_, [](const Entry& e) { return e.metric->by_group; });
    fail("metric: {} compares the rows of a group; {} rows have {} groups", needs->name, count,
         rows.groups.size());
  }
  if (keeps_rows_ && !rows_.labels.empty() && rows_.weights.empty() != rows.weights.empty()) {
    fail("metric: rows with weights and rows without them");
  }
  for (std::size_t k = 0; k < list_.size(); ++k) {
    const auto& [name, metric, parameters] = list_[k];
    if (metric->add != nullptr) metric->add(sums_[k], rows, parameters);
  }
  if (!keeps_rows_) return;
  append(rows_.predictions, rows.predictions);
  append(rows_.labels, rows.labels);
  append(rows_.weights, rows.weights);
  if (by_group_) append(rows_.groups, rows.groups);
}

Figures Metrics::results(bool running) const {
  const MetricRows rows{.predictions = rows_.predictions,
                        .labels = rows_.labels,
                        .weights = rows_.weights,
                        .groups = rows_.groups};
  const bool ordered = running || (!has_nan(rows_.predictions) && !has_nan(rows_.labels));
  Figures out;
  for (std::size_t k = 0; k < list_.size(); ++k) {
    const auto& [name, metric, parameters] = list_[k];
    if (metric->of_rows == nullptr) {
      out.emplace_back(name, metric->finish(sums_[k]));
    } else if (!running) {
      out.emplace_back(name, ordered ? metric->of_rows(rows, parameters)
                                     : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return out;
}

Figures Metrics::results() const { return results(false); }
Figures Metrics::running_results() const { return results(true); }

void Metrics::reset() {
  std::ranges::fill(sums_, Sums{});
  rows_.predictions.clear();
  rows_.labels.clear();
  rows_.weights.clear();
  rows_.groups.clear();
}

void Metrics::restore(std::vector<Sums> sums, KeptRows rows) {
  if (sums.size() != list_.size()) {
    fail("training: {} metrics, their states are {}", list_.size(), sums.size());
  }
  const std::size_t count = rows.labels.size();
  if (rows.predictions.size() != count || (!rows.weights.empty() && rows.weights.size() != count) ||
      rows.groups.size() != (by_group_ ? count : 0)) {
    fail(
        "training: the rows kept for metrics are {} predictions, {} labels, {} weights and {} "
        "groups",
        rows.predictions.size(), count, rows.weights.size(), rows.groups.size());
  }
  sums_ = std::move(sums);
  rows_ = std::move(rows);
}

}  // namespace gradus

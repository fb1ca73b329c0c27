#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "framework/train/metric.h"

namespace gradus {

/// Figures by name, in their order: "root_mean_squared_error". Not a number where the rows do not
/// define one.
using Figures = std::vector<std::pair<std::string, double>>;

/// All metrics, the values of `task.metrics`.
const std::vector<Metric>& metrics();
/// Their names, in that order.
std::vector<std::string> metric_names();

/// Rows that were kept, in order.
struct KeptRows {
  std::vector<float> predictions = {};    ///< by row
  std::vector<float> labels = {};         ///< by row
  std::vector<float> weights = {};        ///< none: each is 1
  std::vector<std::int32_t> groups = {};  ///< none: no metric compares the rows of a group
};

/// Some metrics over the rows of an epoch or an evaluation.
class Metrics {
 public:
  /// A metric as it was asked for.
  struct Entry {
    std::string name;             ///< "ndcg@10"
    const Metric* metric;         ///< what computes it
    MetricParameters parameters;  ///< what it depends on
  };

  /// Throws Error with all names and the nearest for a name that none has.
  explicit Metrics(const std::vector<std::string>& names, const MetricParameters& parameters = {});

  /// In the order in which they were named.
  const std::vector<Entry>& list() const { return list_; }
  /// Whether rows are kept, because a metric needs all at once.
  bool keeps_rows() const { return keeps_rows_; }
  /// Whether the rows' groups are needed.
  bool by_group() const { return by_group_; }

  /// Makes place for so many rows, if rows are kept.
  void reserve(std::size_t rows);
  /// Adds rows. Throws Error where the lengths differ, groups are needed and not given, or some
  /// rows have weights and some have none.
  void update(const MetricRows& rows);
  /// Of all rows since the last reset.
  Figures results() const;
  /// The same without metrics that need all rows at once, whose cost grows with these.
  Figures running_results() const;
  void reset();  ///< forgets all rows

  /// What has been added up, by metric, and the rows that were kept: all that going on needs.
  const std::vector<Sums>& sums() const { return sums_; }
  const KeptRows& rows() const { return rows_; }  ///< that were kept
  /// Goes on from there. Throws Error for other metrics' sums.
  void restore(std::vector<Sums> sums, KeptRows rows);

 private:
  Figures results(bool running) const;

  std::vector<Entry> list_;
  bool keeps_rows_ = false;
  bool by_group_ = false;
  std::vector<Sums> sums_;
  KeptRows rows_;
};

}  // namespace gradus

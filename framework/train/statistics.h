#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gradus {

/// Figures of repeated trials.
struct Summary {
  std::int64_t count = 0;  ///< how many figures there are
  double mean = 0;         ///< of all of them
  /// Of one figure there is neither.
  std::optional<double> standard_deviation = {};  ///< of a sample: with count - 1
  /// The mean's 95% interval is mean ± this: Student's t, two-sided.
  std::optional<double> half_interval = {};
};

/// Throws Error where there are no figures.
Summary summarize(std::span<const double> figures);

/// A two-sided t-test of a difference of means.
struct PairedTest {
  Summary difference;  ///< of each pair
  double p = 1;        ///< 1 also where there is one pair, which shows nothing
};

/// Student's, of a[i] - b[i]. Throws Error where there are no pairs, or the lengths differ.
PairedTest paired_t_test(std::span<const double> a, std::span<const double> b);

/// The mean of a less that of b, from samples that are no pairs, with its 95% interval and p-value
/// by Welch's t-test, whose samples may deviate differently. `difference.count` is that of both
/// together, and without at least two of each there is no interval. Throws Error where one is
/// empty.
PairedTest welch_t_test(std::span<const double> a, std::span<const double> b);

/// P-values of several tests, each corrected for there being several (Holm 1979), in their order.
std::vector<double> holm(std::span<const double> p);

}  // namespace gradus

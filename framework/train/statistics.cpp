#include "framework/train/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "framework/core/error.h"

namespace gradus {
namespace {

boost::math::students_t student(std::int64_t count) {
  return boost::math::students_t(static_cast<double>(count - 1));
}

}  // namespace

Summary summarize(std::span<const double> figures) {
  if (figures.empty()) fail("statistics: there are no figures");
  Summary out{.count = static_cast<std::int64_t>(figures.size())};
  const auto count = static_cast<double>(out.count);
  out.mean = std::accumulate(figures.begin(), figures.end(), 0.0) / count;
  if (out.count < 2) return out;
  double squares = 0;
  for (const double figure : figures) squares += (figure - out.mean) * (figure - out.mean);
  out.standard_deviation = std::sqrt(squares / (count - 1));
  constexpr double kTail = 0.025;  // of each side
  const double t = boost::math::quantile(boost::math::complement(student(out.count), kTail));
  out.half_interval = t * *out.standard_deviation / std::sqrt(count);
  return out;
}

PairedTest paired_t_test(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) fail("statistics: {} and {} figures are no pairs", a.size(), b.size());
  std::vector<double> differences;
  differences.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  PairedTest out{.difference = summarize(differences)};
  const Summary& d = out.difference;
  if (d.count < 2 || d.mean == 0) return out;
  const double error = *d.standard_deviation / std::sqrt(static_cast<double>(d.count));
  out.p = error == 0 ? 0
                     : 2 * boost::math::cdf(
                               boost::math::complement(student(d.count), std::abs(d.mean) / error));
  return out;
}

PairedTest welch_t_test(std::span<const double> a, std::span<const double> b) {
  const Summary x = summarize(a);
  const Summary y = summarize(b);
  PairedTest out{.difference = {.count = x.count + y.count, .mean = x.mean - y.mean}};
  if (!x.standard_deviation || !y.standard_deviation) return out;
  const auto variance = [](const Summary& of) {
    return *of.standard_deviation * *of.standard_deviation / static_cast<double>(of.count);
  };
  const double both = variance(x) + variance(y);
  if (both == 0) {
    out.difference.half_interval = 0;
    out.p = out.difference.mean == 0 ? 1 : 0;
    return out;
  }
  // Welch and Satterthwaite's degrees of freedom.
  const double freedom = both * both /
                         (variance(x) * variance(x) / static_cast<double>(x.count - 1) +
                          variance(y) * variance(y) / static_cast<double>(y.count - 1));
  const boost::math::students_t distribution(freedom);
  constexpr double kTail = 0.025;  // of each side
  const double error = std::sqrt(both);
  out.difference.half_interval =
      error * boost::math::quantile(boost::math::complement(distribution, kTail));
  out.p = 2 * boost::math::cdf(
                  boost::math::complement(distribution, std::abs(out.difference.mean) / error));
  return out;
}

std::vector<double> holm(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [p](std::size_t i) { return p[i]; });
  std::vector<double> out(p.size());
  double least = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    least = std::max(least, std::min(1.0, static_cast<double>(p.size() - rank) * p[order[rank]]));
    out[order[rank]] = least;
  }
  return out;
}

}  // namespace gradus

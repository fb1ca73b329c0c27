#include "framework/train/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace gradus {
namespace {

constexpr int kBuckets = 30;

/// The limits between `minimum` and `maximum`, as numpy.linspace has them, both included.
std::vector<double> edges(double minimum, double maximum) {
  std::vector<double> out;
  out.reserve(kBuckets + 1);
  const double width = (maximum - minimum) / kBuckets;
  for (int i = 0; i < kBuckets; ++i) out.push_back(minimum + i * width);
  out.push_back(maximum);
  return out;
}

}  // namespace

Histogram histogram(std::span<const float> numbers) {
  Histogram out{.minimum = std::numeric_limits<double>::infinity(),
                .maximum = -std::numeric_limits<double>::infinity()};
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    const double x = number;
    out.minimum = std::min(out.minimum, x);
    out.maximum = std::max(out.maximum, x);
    out.sum += x;
    out.sum_of_squares += x * x;
    ++out.count;
  }
  if (out.count == 0) return {};
  if (out.minimum == out.maximum) {
    out.limits = {out.maximum};
    out.buckets = {out.count};
    return out;
  }
  const std::vector<double> limits = edges(out.minimum, out.maximum);
  const double per_width = kBuckets / (out.maximum - out.minimum);
  out.buckets.assign(kBuckets, 0);
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    const double x = number;
    auto bucket = std::min<std::size_t>(static_cast<std::size_t>((x - out.minimum) * per_width),
                                        kBuckets - 1);
    // The quotient is rounded, so it may lie beside the limits.
    if (x < limits[bucket]) --bucket;
    if (bucket + 1 < kBuckets && x >= limits[bucket + 1]) ++bucket;
    ++out.buckets[bucket];
  }
  out.limits.assign(limits.begin() + 1, limits.end());
  return out;
}

}  // namespace gradus

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gradus {

/// How numbers are spread: counts of those in buckets of one width from the least to the largest,
/// as numpy.histogram has them. An upper limit belongs to the next bucket, the last to its own.
struct Histogram {
  double minimum = 0;                      ///< the least
  double maximum = 0;                      ///< the largest
  double sum = 0;                          ///< of all
  double sum_of_squares = 0;               ///< the same
  std::int64_t count = 0;                  ///< of the finite ones; others are left out of it all
  std::vector<double> limits = {};         ///< the upper ones of the buckets
  std::vector<std::int64_t> buckets = {};  ///< counts
};

/// Of numbers in 30 buckets, as TensorBoard's own; in one where all are the same, in none where
/// there is none.
Histogram histogram(std::span<const float> numbers);

}  // namespace gradus

#include "framework/train/histogram.h"

#include <doctest/doctest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace gradus::tests {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("histogram: an upper limit belongs to the next bucket, the last to its own") {
  std::vector<float> numbers(31);
  std::iota(numbers.begin(), numbers.end(), 0.0F);
  const Histogram h = histogram(numbers);
  CHECK(h.minimum == 0);
  CHECK(h.maximum == 30);
  CHECK(h.sum == 465);
  CHECK(h.sum_of_squares == 9455);
  CHECK(h.count == 31);
  REQUIRE(h.buckets.size() == 30);
  REQUIRE(h.limits.size() == 30);
  CHECK(h.limits.front() == 1);
  CHECK(h.limits.back() == 30);
  CHECK(h.buckets.front() == 1);
  CHECK(h.buckets[28] == 1);
  CHECK(h.buckets.back() == 2);
}

TEST_CASE("histogram: numbers that are not finite are left out") {
  const Histogram h = histogram(std::vector<float>{1.0F, kInfinity, -1.0F, -kInfinity,
                                                   std::numeric_limits<float>::quiet_NaN()});
  CHECK(h.count == 2);
  CHECK(h.minimum == -1);
  CHECK(h.maximum == 1);
  CHECK(std::accumulate(h.buckets.begin(), h.buckets.end(), std::int64_t{0}) == 2);
}

TEST_CASE("histogram: the same number in one bucket, none in none") {
  const Histogram same = histogram(std::vector<float>{2.5F, 2.5F, 2.5F});
  CHECK(same.limits == std::vector<double>{2.5});
  CHECK(same.buckets == std::vector<std::int64_t>{3});
  const Histogram none = histogram(std::vector<float>{kInfinity});
  CHECK(none.count == 0);
  CHECK(none.minimum == 0);
  CHECK(none.buckets.empty());
}

TEST_CASE("histogram: the whole range of float32") {
  constexpr float kLargest = std::numeric_limits<float>::max();
  constexpr float kSmallest = std::numeric_limits<float>::denorm_min();
  const Histogram wide = histogram(std::vector<float>{-kLargest, 0.0F, kLargest});
  CHECK(wide.buckets.front() == 1);
  CHECK(wide.buckets[15] == 1);
  CHECK(wide.buckets.back() == 1);
  const Histogram narrow = histogram(std::vector<float>{0.0F, kSmallest});
  CHECK(narrow.buckets.front() == 1);
  CHECK(narrow.buckets.back() == 1);
}

}  // namespace
}  // namespace gradus::tests

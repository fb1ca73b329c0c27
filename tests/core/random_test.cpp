#include "framework/core/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace gradus::tests {
namespace {

// The seed that leads to a given key, by undoing how Random makes its key of seed and purpose: so
// the published vectors, which fix the key, can be asked for.
class SeedOfKey {
 public:
  /// `purpose` is "".
  static std::uint64_t seed(std::uint64_t key) {
    return unmix(unmix(key) ^ kHashOfNothing) - kIncrement;
  }

 private:
  static constexpr std::uint64_t kHashOfNothing = 0xcbf29ce484222325ULL;  // FNV-1a
  static constexpr std::uint64_t kIncrement = 0x9e3779b97f4a7c15ULL;

  /// The inverse of an odd number, modulo 2^64.
  static std::uint64_t inverse(std::uint64_t odd) {
    std::uint64_t x = odd;
    for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
    return x;
  }
  static std::uint64_t unshift(std::uint64_t x, int shift) {
    std::uint64_t out = x;
    for (int i = 0; i < 3; ++i) out = x ^ (out >> shift);
    return out;
  }
  /// The inverse of SplitMix64's finaliser.
  static std::uint64_t unmix(std::uint64_t x) {
    x = unshift(x, 31) * inverse(0x94d049bb133111ebULL);
    x = unshift(x, 27) * inverse(0xbf58476d1ce4e5b9ULL);
    return unshift(x, 30);
  }
};

/// Pearson's statistic of counts that should be equal, in standard deviations from its mean.
double deviation(const std::vector<int>& counts) {
  double total = 0;
  for (const int n : counts) total += n;
  const double expected = total / static_cast<double>(counts.size());
  double statistic = 0;
  for (const int n : counts) statistic += (n - expected) * (n - expected) / expected;
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (statistic - freedom) / std::sqrt(2 * freedom);
}

constexpr double kUnlikely = 5;  // standard deviations

}  // namespace

TEST_CASE("random: the published vectors of Philox4x32-10") {
  // Random123's kat_vectors: counter, key, result.
  const Random zeros(SeedOfKey::seed(0), "", 0);
  const std::array<std::uint32_t, 4> of_zeros{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  const Random pi(SeedOfKey::seed(0x299f31d0a4093822ULL), "", 0x03707344);
  const std::array<std::uint32_t, 4> of_pi{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
  for (std::uint32_t word = 0; word < 4; ++word) {
    CHECK(zeros.bits(0, word) == of_zeros[word]);
    CHECK(pi.bits(0x85a308d3243f6a88ULL, 4 * 0x13198a2eU + word) == of_pi[word]);
  }
}

TEST_CASE("random: a number depends on seed, purpose, step, row and column, and on nothing else") {
  const Random random(42, "user_embedding.weight", 3);
  const std::uint32_t first = random.bits(5, 7);
  for (std::uint64_t row = 1000; row > 0; --row) random.bits(row, 0);
  CHECK(random.bits(5, 7) == first);
  CHECK(Random(42, "user_embedding.weight", 3).bits(5, 7) == first);
  CHECK(Random(43, "user_embedding.weight", 3).bits(5, 7) != first);
  CHECK(Random(42, "movie_embedding.weight", 3).bits(5, 7) != first);
  CHECK(Random(42, "user_embedding.weight", 4).bits(5, 7) != first);
  CHECK(random.bits(6, 7) != first);
  CHECK(random.bits(5, 8) != first);
  CHECK(random.bits(5 + (1ULL << 32), 7) != first);
}

TEST_CASE("random: neighbours in every direction are as good as unrelated") {
  constexpr int kSide = 20;
  std::set<std::uint32_t> seen;
  for (std::uint64_t seed = 0; seed < kSide; ++seed) {
    for (std::uint32_t step = 0; step < kSide; ++step) {
      const Random random(seed, "dropout", step);
      for (std::uint64_t row = 0; row < kSide; ++row) {
        for (std::uint32_t column = 0; column < kSide; ++column) {
          seen.insert(random.bits(row, column));
        }
      }
    }
  }
  // 160,000 of 2^32: about 3 meet another.
  CHECK(seen.size() >= kSide * kSide * kSide * kSide - 15);
}

TEST_CASE("random: uniform numbers are in [0, 1) and fill it evenly") {
  const Random random(1, "uniform");
  std::vector<int> counts(100);
  double sum = 0;
  constexpr int kRows = 2000;
  constexpr std::uint32_t kColumns = 50;
  for (std::uint64_t row = 0; row < kRows; ++row) {
    for (std::uint32_t column = 0; column < kColumns; ++column) {
      const float x = random.uniform(row, column);
      REQUIRE(x >= 0.0F);
      REQUIRE(x < 1.0F);
      ++counts[static_cast<std::size_t>(x * 100.0F)];
      sum += static_cast<double>(x);
      const float wide = random.uniform(row, column, -0.05F, 0.05F);
      REQUIRE(wide >= -0.05F);
      REQUIRE(wide < 0.05F + 1e-9F);
    }
  }
  CHECK(std::abs(deviation(counts)) < kUnlikely);
  const double n = kRows * kColumns;
  CHECK(std::abs(sum / n - 0.5) < kUnlikely / std::sqrt(12 * n));
}

TEST_CASE("random: uniform numbers of a range never reach its upper end") {
  const Random random(1, "range");
  // The largest of the 2^24 numbers would round up to 2 and to -1.
  std::uint64_t row = 0;
  while (random.bits(row, 0) >> 8 != 0xffffff) ++row;
  CHECK(random.uniform(row, 0, 1.0F, 2.0F) > 1.9F);
  CHECK(random.uniform(row, 0, 1.0F, 2.0F) < 2.0F);
  CHECK(random.uniform(row, 0, -2.0F, -1.0F) < -1.0F);
}

TEST_CASE("random: integers reach every value evenly, and none beyond") {
  const Random random(2, "integer");
  for (const std::int64_t count : {1, 2, 3, 7, 1000}) {
    CAPTURE(count);
    std::vector<int> counts(static_cast<std::size_t>(count));
    for (std::uint64_t row = 0; row < 100000; ++row) {
      const std::int64_t x = random.integer(row, count);
      REQUIRE(x >= 0);
      REQUIRE(x < count);
      ++counts[static_cast<std::size_t>(x)];
    }
    if (count > 1) CHECK(std::abs(deviation(counts)) < kUnlikely);
  }
  constexpr std::int64_t kLarge = std::int64_t{1} << 62;
  std::int64_t largest = 0;
  for (std::uint64_t row = 0; row < 1000; ++row)
    largest = std::max(largest, random.integer(row, kLarge));
  CHECK(largest > kLarge / 100 * 98);
  CHECK(largest < kLarge);
}

TEST_CASE("random: normal numbers have the moments of the normal distribution") {
  const Random random(3, "normal");
  constexpr int kCount = 200000;
  std::array<double, 5> moments{};
  for (std::uint64_t row = 0; row < kCount / 4; ++row) {
    for (std::uint32_t column = 0; column < 4; ++column) {
      const auto x = static_cast<double>(random.normal(row, column));
      REQUIRE(std::isfinite(x));
      for (std::size_t k = 1; k < moments.size(); ++k)
        moments[k] += std::pow(x, static_cast<double>(k)) / kCount;
    }
  }
  // The variance of the mean of x^k is (E x^2k - (E x^k)^2) / n.
  const double unit = kUnlikely / std::sqrt(static_cast<double>(kCount));
  CHECK(std::abs(moments[1]) < unit * 1.0);
  CHECK(std::abs(moments[2] - 1) < unit * std::sqrt(2.0));
  CHECK(std::abs(moments[3]) < unit * std::sqrt(15.0));
  CHECK(std::abs(moments[4] - 3) < unit * std::sqrt(96.0));
}

TEST_CASE("random: permutations hold every number once, all orders as often") {
  for (const std::int64_t count : {0, 1, 2, 100, 100000}) {
    auto order = Random(4, "shuffle").permutation(count);
    CHECK(order == Random(4, "shuffle").permutation(count));
    if (count >= 100) CHECK_FALSE(std::ranges::is_sorted(order));
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) {
      REQUIRE(order[i] == static_cast<std::int32_t>(i));
    }
  }
  std::vector<int> counts(24);  // of the orders of four
  for (std::uint32_t step = 0; step < 24000; ++step) {
    const auto order = Random(5, "shuffle", step).permutation(4);
    std::size_t rank = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      std::size_t smaller = 0;
      for (std::size_t j = i + 1; j < 4; ++j) smaller += order[j] < order[i] ? 1 : 0;
      rank = rank * (4 - i) + smaller;
    }
    ++counts[rank];
  }
  CHECK(std::abs(deviation(counts)) < kUnlikely);
}

}  // namespace gradus::tests

#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gradus {

/// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): a number is a pure function of
/// seed, purpose, step, row and column, hence independent of threads, tiles, order and unrelated
/// parts of a model.
class Random {
 public:
  /// `purpose` is the name of what is drawn for: a parameter's path, a scope, "shuffle".
  Random(std::uint64_t seed, std::string_view purpose, std::uint32_t step = 0);

  /// 32 random bits for (row, column).
  std::uint32_t bits(std::uint64_t row, std::uint32_t column) const;
  /// Uniform in [0, 1), 24 bits.
  float uniform(std::uint64_t row, std::uint32_t column) const;
  /// Uniform in [low, high).
  float uniform(std::uint64_t row, std::uint32_t column, float low, float high) const;
  /// Uniform integer in [0, count), without bias that could be seen (64 bits scaled).
  std::int64_t integer(std::uint64_t row, std::int64_t count) const;
  /// A standard normal number (Box and Muller).
  float normal(std::uint64_t row, std::uint32_t column) const;
  /// A permutation of 0 … count-1 (Fisher and Yates).
  std::vector<std::int32_t> permutation(std::int64_t count) const;

 private:
  std::array<std::uint32_t, 4> block(std::uint64_t row, std::uint32_t block) const;

  std::array<std::uint32_t, 2> key_;
  std::uint32_t step_;
};

}  // namespace gradus

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
  /// How many blocks of four numbers `lanes` makes at once.
  static constexpr std::uint32_t kLanes = 16;
  /// bits(row, 4 * block) … bits(row, 4 * (block + kLanes) - 1); here, so that a kernel compiles it
  /// for its instruction set.
  void lanes(std::uint64_t row, std::uint32_t block, std::uint32_t* out) const;
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
  static constexpr int kRounds = 10;
  static constexpr std::uint32_t kMultiplier0 = 0xD2511F53U;
  static constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57U;
  static constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
  static constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;

  std::array<std::uint32_t, 4> block(std::uint64_t row, std::uint32_t block) const;

  std::array<std::uint32_t, 2> key_;
  std::uint32_t step_;
};

inline void Random::lanes(std::uint64_t row, std::uint32_t block, std::uint32_t* out) const {
  std::array<std::array<std::uint32_t, kLanes>, 4> x;
  for (std::uint32_t i = 0; i < kLanes; ++i) {
    x[0][i] = static_cast<std::uint32_t>(row);
    x[1][i] = static_cast<std::uint32_t>(row >> 32);
    x[2][i] = block + i;
    x[3][i] = step_;
  }
  std::uint32_t k0 = key_[0];
  std::uint32_t k1 = key_[1];
  for (int round = 0; round < kRounds; ++round) {
    for (std::uint32_t i = 0; i < kLanes; ++i) {
      const std::uint64_t p0 = std::uint64_t{kMultiplier0} * x[0][i];
      const std::uint64_t p1 = std::uint64_t{kMultiplier1} * x[2][i];
      x[0][i] = static_cast<std::uint32_t>(p1 >> 32) ^ x[1][i] ^ k0;
      x[1][i] = static_cast<std::uint32_t>(p1);
      x[2][i] = static_cast<std::uint32_t>(p0 >> 32) ^ x[3][i] ^ k1;
      x[3][i] = static_cast<std::uint32_t>(p0);
    }
    k0 += kWeyl0;
    k1 += kWeyl1;
  }
  for (std::uint32_t i = 0; i < kLanes; ++i) {
    for (std::uint32_t j = 0; j < 4; ++j) out[4 * i + j] = x[j][i];
  }
}

}  // namespace gradus

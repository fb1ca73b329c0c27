#include "framework/core/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace gradus {
namespace {

std::uint64_t mix(std::uint64_t x) {  // SplitMix64's finaliser
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t hash(std::string_view text) {  // FNV-1a
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view purpose, std::uint32_t step) : step_(step) {
  const std::uint64_t key = mix(mix(seed + 0x9e3779b97f4a7c15ULL) ^ hash(purpose));
  key_ = {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)};
}

std::array<std::uint32_t, 4> Random::block(std::uint64_t row, std::uint32_t block) const {
  std::array<std::uint32_t, 4> x{static_cast<std::uint32_t>(row),
                                 static_cast<std::uint32_t>(row >> 32), block, step_};
  std::uint32_t k0 = key_[0];
  std::uint32_t k1 = key_[1];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * x[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * x[2];
    x = {static_cast<std::uint32_t>(p1 >> 32) ^ x[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ x[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return x;
}

std::uint32_t Random::bits(std::uint64_t row, std::uint32_t column) const {
  return block(row, column / 4)[column % 4];
}

float Random::uniform(std::uint64_t row, std::uint32_t column) const {
  return static_cast<float>(bits(row, column) >> 8) * 0x1p-24F;
}

float Random::uniform(std::uint64_t row, std::uint32_t column, float low, float high) const {
  // The largest numbers may round up to `high`.
  return std::min(low + (high - low) * uniform(row, column), std::nextafter(high, low));
}

std::int64_t Random::integer(std::uint64_t row, std::int64_t count) const {
  const auto x = block(row, 0);
  const std::uint64_t wide = (std::uint64_t{x[1]} << 32) | x[0];
  // The high half of a 64 by 64 bit product maps the bits to the range.
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::int64_t>((Wide{wide} * static_cast<std::uint64_t>(count)) >> 64);
}

float Random::normal(std::uint64_t row, std::uint32_t column) const {
  const auto x = block(row, 0x80000000U + column);
  const double u = (static_cast<double>(x[0]) + 1.0) * 0x1p-32;
  const double v = static_cast<double>(x[1]) * 0x1p-32;
  return static_cast<float>(std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v));
}

std::vector<std::int32_t> Random::permutation(std::int64_t count) const {
  std::vector<std::int32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t last = count - 1; last > 0; --last) {
    const std::int64_t other = integer(static_cast<std::uint64_t>(last), last + 1);
    std::swap(order[static_cast<std::size_t>(last)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

}  // namespace gradus

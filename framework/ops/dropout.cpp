#include "framework/ops/dropout.h"

#include <string>

#include "framework/core/random.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

/// What a row's elements are drawn by.
struct RowKey {
  std::uint32_t first;
  std::uint32_t second;
};

/// y = x * factor where an element's random number is at least `threshold`, of 2^32; else 0. The
/// number is a hash of the row's key and the column (the finaliser of MurmurHash3): unlike Philox
/// it takes nothing but 32-bit products, which become vectors.
GRADUS_CLONES
void drop(RowKey key, std::uint32_t threshold, float factor, const float* x, float* y,
          std::int64_t columns) {
  constexpr std::uint32_t kStride = 0x9E3779B9U;
  constexpr std::uint32_t kMultiplier1 = 0x85EBCA6BU;
  constexpr std::uint32_t kMultiplier2 = 0xC2B2AE35U;
  for (std::int64_t i = 0; i < columns; ++i) {
    std::uint32_t h = key.first + static_cast<std::uint32_t>(i) * kStride;
    h = (h ^ (h >> 16)) * kMultiplier1;
    h = ((h ^ (h >> 13)) + key.second) * kMultiplier2;
    h ^= h >> 16;
    y[i] = h >= threshold ? x[i] * factor : 0.0F;
  }
}

std::uint64_t seed_of(const std::int32_t* key) {
  return std::uint64_t{static_cast<std::uint32_t>(key[0])} |
         (std::uint64_t{static_cast<std::uint32_t>(key[1])} << 32);
}

Shape checked_shape(std::span<const Value> inputs, const Attributes& attributes) {
  const Shape& x = inputs[0].shape();
  const double rate = attributes.get<double>("rate");
  if (!(rate >= 0.0 && rate < 1.0))
    fail("dropout: the rate must be from 0 to below 1, got {}", rate);
  if (inputs[0].node().type != DataType::float32) fail("dropout: x must hold float32, not int32");
  if (x.rank() == 0) fail("dropout: x needs an axis of rows, got []");
  if (!(inputs[1].shape() == Shape{3}) || inputs[1].node().type != DataType::int32) {
    fail("dropout: the key must be int32 [3], got {} {}", name(inputs[1].node().type),
         inputs[1].shape().text());
  }
  return x;
}

const Op kDropout{
    .name = "dropout",
    .shape = checked_shape,
    .run =
        [](const Call& c) {
          const std::int64_t rows = c.output.extents[0];
          if (c.output.elements() == 0) return;
          const std::int64_t columns = c.output.elements() / rows;
          const double rate = c.node.attribute<double>("rate");
          const std::int32_t* key = c.inputs[1].ids();
          const Random random(seed_of(key), c.node.attribute<std::string>("purpose"),
                              static_cast<std::uint32_t>(key[2]));
          const auto threshold = static_cast<std::uint32_t>(rate * 0x1p32);
          const auto factor = static_cast<float>(1.0 / (1.0 - rate));
          constexpr std::int64_t kBlock = 8192;
          kernels::parallel_blocks(
              rows, kBlock / columns + 1, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t row = begin; row < end; ++row) {
                  const auto number = static_cast<std::uint64_t>(c.first_row + row);
                  drop({random.bits(number, 0), random.bits(number, 1)}, threshold, factor,
                       c.inputs[0].floats() + row * columns, c.output.floats() + row * columns,
                       columns);
                }
              });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dropout(dy, y.input(1), y.attribute<double>("rate"),
                                   y.attribute<std::string>("purpose")),
                           {}};
        },
    .takes_ids = true,
};

}  // namespace

Value dropout(Operand x, Value key, double rate, std::string_view purpose) {
  return record(kDropout, {x, key}, {{"rate", rate}, {"purpose", std::string(purpose)}});
}

}  // namespace gradus

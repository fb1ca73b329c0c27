#include "framework/ops/dropout.h"

#include <array>
#include <string>

#include "framework/core/random.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

/// y = x * factor where a random number is at least `threshold`, of 2^32; else 0.
struct Mask {
  Random random;
  std::uint64_t threshold;
  float factor;
};

GRADUS_CLONES
void drop(const Mask& mask, std::uint64_t row, const float* x, float* y, std::int64_t columns) {
  constexpr std::int64_t kStep = 4 * Random::kLanes;
  std::array<std::uint32_t, kStep> bits;
  for (std::int64_t begin = 0; begin < columns; begin += kStep) {
    mask.random.lanes(row, static_cast<std::uint32_t>(begin / 4), bits.data());
    const std::int64_t count = columns - begin < kStep ? columns - begin : kStep;
    for (std::int64_t i = 0; i < count; ++i) {
      y[begin + i] =
          bits[static_cast<std::size_t>(i)] >= mask.threshold ? x[begin + i] * mask.factor : 0.0F;
    }
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
          const Mask mask{Random(seed_of(key), c.node.attribute<std::string>("purpose"),
                                 static_cast<std::uint32_t>(key[2])),
                          static_cast<std::uint64_t>(rate * 0x1p32),
                          static_cast<float>(1.0 / (1.0 - rate))};
          constexpr std::int64_t kBlock = 8192;
          kernels::parallel_blocks(rows, kBlock / columns + 1,
                                   [&](std::int64_t begin, std::int64_t end) {
                                     for (std::int64_t row = begin; row < end; ++row) {
                                       drop(mask, static_cast<std::uint64_t>(c.first_row + row),
                                            c.inputs[0].floats() + row * columns,
                                            c.output.floats() + row * columns, columns);
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

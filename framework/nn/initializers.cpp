#include "framework/nn/initializers.h"

#include <cmath>

#include "framework/core/error.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

void fill_uniform(const Tensor& parameter, const Random& random, float limit) {
  const Extents& extents = parameter.extents();
  const std::int64_t rows = extents.rank() > 0 ? extents[0] : 1;
  if (rows == 0) return;
  const std::int64_t columns = parameter.elements() / rows;
  float* values = parameter.floats().data();
  constexpr std::int64_t kRows = 1024;
  kernels::parallel_blocks(rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t column = 0; column < columns; ++column) {
        values[row * columns + column] = random.uniform(
            static_cast<std::uint64_t>(row), static_cast<std::uint32_t>(column), -limit, limit);
      }
    }
  });
}

}  // namespace

Initializer zeros() {
  return [](const Tensor& parameter, const Random&) { parameter.fill(0.0F); };
}

Initializer uniform(double limit) {
  return [limit](const Tensor& parameter, const Random& random) {
    fill_uniform(parameter, random, static_cast<float>(limit));
  };
}

Initializer glorot_uniform() {
  return [](const Tensor& parameter, const Random& random) {
    const Extents& extents = parameter.extents();
    if (extents.rank() != 2)
      fail("glorot_uniform: weights must be [in, out], not {}", extents.text());
    const double limit = std::sqrt(6.0 / static_cast<double>(extents[0] + extents[1]));
    fill_uniform(parameter, random, static_cast<float>(limit));
  };
}

}  // namespace gradus

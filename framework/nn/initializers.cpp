#include "framework/nn/initializers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

constexpr double kDefaultScale = 0.05;  // Keras', of what no fan is asked for

/// Sets each element to `draw(row, column)`.
template <class Draw>
void fill(const Tensor& parameter, const Draw& draw) {
  const Extents& extents = parameter.extents();
  const std::int64_t rows = extents.rank() > 0 ? extents[0] : 1;
  if (rows == 0) return;
  const std::int64_t columns = parameter.elements() / rows;
  float* values = parameter.floats().data();
  constexpr std::int64_t kRows = 1024;
  kernels::parallel_blocks(rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t column = 0; column < columns; ++column) {
        values[row * columns + column] =
            draw(static_cast<std::uint64_t>(row), static_cast<std::uint32_t>(column));
      }
    }
  });
}

/// Ins and outs of weights.
std::pair<double, double> fans(const Extents& extents) {
  if (extents.rank() == 2) {
    return {static_cast<double>(extents[0]), static_cast<double>(extents[1])};
  }
  const auto all = static_cast<double>(extents.elements());
  return {all, all};
}

void check_matrix(std::string_view name, const Extents& extents) {
  if (extents.rank() != 2) fail("{}: weights must be [in, out], not {}", name, extents.text());
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

Initializer zeros() { return constant(0.0); }

Initializer ones() { return constant(1.0); }

Initializer constant(double value) {
  return [value](const Tensor& parameter, const Random&) {
    parameter.fill(static_cast<float>(value));
  };
}

Initializer uniform(double limit) {
  return [limit = static_cast<float>(limit)](const Tensor& parameter, const Random& random) {
    fill(parameter, [&](std::uint64_t row, std::uint32_t column) {
      return random.uniform(row, column, -limit, limit);
    });
  };
}

Initializer normal(double deviation) {
  return
      [deviation = static_cast<float>(deviation)](const Tensor& parameter, const Random& random) {
        fill(parameter, [&](std::uint64_t row, std::uint32_t column) {
          return deviation * random.normal(row, column);
        });
      };
}

Initializer truncated_normal(double deviation) {
  return
      [deviation = static_cast<float>(deviation)](const Tensor& parameter, const Random& random) {
        constexpr float kFurthest = 2.0F;
        const std::int64_t rows = parameter.extents().rank() > 0 ? parameter.extents()[0] : 1;
        const auto columns =
            static_cast<std::uint32_t>(parameter.elements() / std::max<std::int64_t>(1, rows));
        fill(parameter, [&](std::uint64_t row, std::uint32_t column) {
          float drawn = random.normal(row, column);
          while (std::abs(drawn) > kFurthest) {
            column += columns;  // numbers that no other element sees
            drawn = random.normal(row, column);
          }
          return deviation * drawn;
        });
      };
}

Initializer variance_scaling(double factor, Fan fan, Distribution distribution) {
  return [=](const Tensor& parameter, const Random& random) {
    const auto [in, out] = fans(parameter.extents());
    const double all = fan == Fan::in ? in : fan == Fan::out ? out : (in + out) / 2;
    const double n = std::max(1.0, all);
    if (distribution == Distribution::uniform) {
      uniform(std::sqrt(3.0 * factor / n))(parameter, random);
    } else {
      // The deviation that a standard normal number has when it is cut off at ±2.
      constexpr double kTruncated = 0.87962566103423978;
      truncated_normal(std::sqrt(factor / n) / kTruncated)(parameter, random);
    }
  };
}

Initializer glorot_uniform() { return variance_scaling(1.0, Fan::average, Distribution::uniform); }

Initializer orthogonal() {
  return [](const Tensor& parameter, const Random& random) {
    const Extents& extents = parameter.extents();
    check_matrix("orthogonal", extents);
    normal(1.0)(parameter, random);
    const auto columns = static_cast<std::size_t>(extents[1]);
    const bool by_rows = extents[0] <= extents[1];
    std::vector<std::vector<double>> vectors(
        static_cast<std::size_t>(std::min(extents[0], extents[1])),
        std::vector<double>(static_cast<std::size_t>(std::max(extents[0], extents[1]))));
    const auto element = [&](std::size_t vector, std::size_t i) -> float& {
      return parameter.floats()[by_rows ? vector * columns + i : i * columns + vector];
    };
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      std::vector<double>& own = vectors[v];
      for (std::size_t i = 0; i < own.size(); ++i) own[i] = static_cast<double>(element(v, i));
      // Twice: the second time takes away what rounding left.
      for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t before = 0; before < v; ++before) {
          const double along = dot(own, vectors[before]);
          for (std::size_t i = 0; i < own.size(); ++i) own[i] -= along * vectors[before][i];
        }
        const double length = std::sqrt(dot(own, own));
        for (double& x : own) x /= length;
      }
      for (std::size_t i = 0; i < own.size(); ++i) element(v, i) = static_cast<float>(own[i]);
    }
  };
}

Initializer identity() {
  return [](const Tensor& parameter, const Random&) {
    check_matrix("identity", parameter.extents());
    fill(parameter,
         [](std::uint64_t row, std::uint32_t column) { return row == column ? 1.0F : 0.0F; });
  };
}

Initializer initializer(std::string_view name) {
  const std::array<std::pair<std::string_view, Initializer>, 13> all{{
      {"zeros", zeros()},
      {"ones", ones()},
      {"random_uniform", gradus::uniform(kDefaultScale)},
      {"random_normal", normal(kDefaultScale)},
      {"truncated_normal", gradus::truncated_normal(kDefaultScale)},
      {"glorot_uniform", glorot_uniform()},
      {"glorot_normal", variance_scaling(1.0, Fan::average, Distribution::truncated_normal)},
      {"he_uniform", variance_scaling(2.0, Fan::in, Distribution::uniform)},
      {"he_normal", variance_scaling(2.0, Fan::in, Distribution::truncated_normal)},
      {"lecun_uniform", variance_scaling(1.0, Fan::in, Distribution::uniform)},
      {"lecun_normal", variance_scaling(1.0, Fan::in, Distribution::truncated_normal)},
      {"orthogonal", orthogonal()},
      {"identity", identity()},
  }};
  std::string known;
  for (const auto& [other, made] : all) {
    if (other == name) return made;
    known += (known.empty() ? "" : ", ") + std::string(other);
  }
  fail("initializer: there is no '{}'; known are {}", name, known);
}

}  // namespace gradus

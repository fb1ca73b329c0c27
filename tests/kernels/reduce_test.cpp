#include "framework/kernels/reduce.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "framework/core/random.h"
#include "framework/kernels/broadcast.h"
#include "framework/kernels/elementwise.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Tensor random_numbers(const Extents& extents, std::uint64_t seed = 0) {
  return random_tensor(numbers(Shape(extents), -1.0F, 1.0F), 1, seed, "numbers");
}

/// The offset of element `index` of `space` in an operand that broadcasts to it.
std::int64_t naive_offset(const Extents& space, const Extents& operand, std::int64_t index) {
  std::int64_t offset = 0;
  std::int64_t stride = 1;
  for (int axis = space.rank() - 1; axis >= 0; --axis) {
    const std::int64_t at = index % space[axis];
    index /= space[axis];
    const int own = axis - (space.rank() - operand.rank());
    if (own < 0) continue;
    if (operand[own] != 1) offset += at * stride;
    stride *= operand[own];
  }
  return offset;
}

/// A random shape, and two that broadcast to it: axes set to 1, or left out at the front.
struct Shapes {
  explicit Shapes(std::uint32_t c) {
    const Random random(3, "shapes", c);
    const auto rank = static_cast<int>(random.integer(0, kMaximumRank + 1));
    for (int axis = 0; axis < rank; ++axis) {
      space.push_back(1 + random.integer(static_cast<std::uint64_t>(axis) + 10, 5));
    }
    std::uint64_t row = 100;
    for (Extents* operand : {&a, &b}) {
      const auto left_out = static_cast<int>(random.integer(row, rank + 1));
      for (int axis = random.integer(row + 1, 2) == 0 ? left_out : 0; axis < rank; ++axis) {
        const bool one = random.integer(row + 2 + static_cast<std::uint64_t>(axis), 2) == 0;
        operand->push_back(one ? 1 : space[axis]);
      }
      row += 50;
    }
  }

  std::string text() const { return space.text() + " " + a.text() + " " + b.text(); }

  Extents space;
  Extents a;
  Extents b;
};

constexpr std::uint32_t kCases = 1000;

}  // namespace

TEST_CASE("BroadcastWalk: finds the elements that counting finds, for any shapes") {
  for (std::uint32_t c = 0; c < kCases; ++c) {
    const Shapes shapes(c);
    CAPTURE(shapes.text());
    const kernels::BroadcastWalk walk(shapes.space, shapes.a, shapes.b);
    REQUIRE(walk.runs() * walk.inner() == shapes.space.elements());
    int wrong = 0;
    for (std::int64_t i = 0; i < shapes.space.elements(); ++i) {
      for (const int operand : {0, 1}) {
        const std::int64_t offset =
            walk.offset(operand, i / walk.inner()) + i % walk.inner() * walk.inner_stride(operand);
        if (offset != naive_offset(shapes.space, operand == 0 ? shapes.a : shapes.b, i)) ++wrong;
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("BroadcastWalk: axes are merged where both operands allow it") {
  const auto rank = [](const Extents& space, const Extents& a, const Extents& b) {
    return kernels::BroadcastWalk(space, a, b).rank;
  };
  CHECK(rank({4, 3, 5}, {4, 3, 5}, {4, 3, 5}) == 1);
  CHECK(rank({4, 3, 5}, {4, 3, 5}, {}) == 1);
  CHECK(rank({4, 3, 5}, {4, 3, 5}, {5}) == 2);
  CHECK(rank({4, 3, 5}, {4, 3, 5}, {3, 5}) == 2);
  CHECK(rank({4, 3, 5}, {4, 3, 5}, {4, 1, 5}) == 3);
  CHECK(rank({4, 1, 5}, {4, 1, 5}, {4, 1, 1}) == 2);
}

TEST_CASE("unary and binary: blocks larger than one worker takes, and all ways to broadcast") {
  const auto subtract = [](float a, float b) { return a - b; };
  for (std::uint32_t c = 0; c < 200; ++c) {
    const Shapes shapes(c);
    CAPTURE(shapes.text());
    const Tensor a = random_numbers(shapes.a, 1);
    const Tensor b = random_numbers(shapes.b, 2);
    const Tensor y(shapes.space);
    // Operands broadcast to y, even where y is larger than both.
    kernels::binary(a.view(), b.view(), y.view(), subtract);
    int wrong = 0;
    for (std::int64_t i = 0; i < y.elements(); ++i) {
      const auto at_a = static_cast<std::size_t>(naive_offset(shapes.space, shapes.a, i));
      const auto at_b = static_cast<std::size_t>(naive_offset(shapes.space, shapes.b, i));
      if (y.floats()[static_cast<std::size_t>(i)] != a.floats()[at_a] - b.floats()[at_b]) ++wrong;
    }
    CHECK(wrong == 0);
  }
  const Threads set(3);
  const std::int64_t large = 3 * kernels::kBlock + 17;
  const Tensor x = random_numbers({large});
  const Tensor y({large});
  kernels::unary(x.view(), y.view(), [](float v) { return v + 1; });
  int wrong = 0;
  for (std::size_t i = 0; i < x.floats().size(); ++i) wrong += y.floats()[i] != x.floats()[i] + 1;
  CHECK(wrong == 0);
  const Tensor wide = random_numbers({3, large});
  const Tensor out({3, large});
  kernels::binary(wide.view(), x.view(), out.view(), subtract);
  for (std::size_t i = 0; i < out.floats().size(); ++i) {
    wrong += out.floats()[i] != wide.floats()[i] - x.floats()[i % x.floats().size()];
  }
  CHECK(wrong == 0);
}

TEST_CASE("sum_to: sums in float64 agree, for any shapes, scaled and accumulated") {
  for (std::uint32_t c = 0; c < kCases; ++c) {
    const Shapes shapes(c);
    CAPTURE(shapes.text());
    const Tensor x = random_numbers(shapes.space);
    const Tensor start = random_numbers(shapes.a, 1);
    for (const bool accumulate : {false, true}) {
      std::vector<double> expected(start.floats().size(), 0.0);
      for (std::size_t i = 0; accumulate && i < expected.size(); ++i) {
        expected[i] = static_cast<double>(start.floats()[i]);
      }
      for (std::int64_t i = 0; i < x.elements(); ++i) {
        expected[static_cast<std::size_t>(naive_offset(shapes.space, shapes.a, i))] +=
            -0.3 * static_cast<double>(x.floats()[static_cast<std::size_t>(i)]);
      }
      const Tensor y = start.clone();
      kernels::sum_to(x.view(), y.view(), -0.3, accumulate);
      double worst = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(y.floats()[i]) - expected[i]));
      }
      CHECK(worst <= 1e-5 * std::sqrt(static_cast<double>(x.elements())));
    }
  }
}

TEST_CASE("sum_to: nothing sums to 0, or leaves what is there") {
  const Tensor x({0, 3});
  const Tensor y({3}, std::vector<float>{1, 2, 3});
  kernels::sum_to(x.view(), y.view(), 1.0, true);
  CHECK(y.floats()[2] == 3.0F);
  kernels::sum_to(x.view(), y.view(), 1.0, false);
  CHECK(y.floats()[2] == 0.0F);
}

TEST_CASE("sum_of: float64 all the way, at all remainders of its parts") {
  // Float32 would lose every one of the small numbers.
  std::vector<float> values(100001, 1e-4F);
  values[50000] = 1e8F;
  CHECK(kernels::sum_of(values.data(), 100001) == doctest::Approx(1e8 + 10.0).epsilon(1e-12));
  const Tensor x = random_numbers({40});
  for (std::int64_t count = 0; count <= 40; ++count) {
    double expected = 0;
    for (std::int64_t i = 0; i < count; ++i)
      expected += static_cast<double>(x.floats()[static_cast<std::size_t>(i)]);
    CHECK(std::abs(kernels::sum_of(x.floats().data(), count) - expected) <= 1e-13);
  }
}

}  // namespace gradus::tests

#include "framework/ops/compare.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "less",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return less(x[0], x[1]); },
    .cases = apart(binary_cases()),
});

TEST_CASE("comparisons give 1 where they hold, never for NaN") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Tensor a = tensor({4}, {1, 2, 3, kNan});
  const Tensor b = tensor({1}, {2});
  const auto with = [&](Value (*compare)(Operand, Operand)) {
    return evaluate([=](const Values& x) { return compare(x[0], x[1]); }, {a, b});
  };
  CHECK(with(equal) == std::vector<float>{0, 1, 0, 0});
  CHECK(with(less) == std::vector<float>{1, 0, 0, 0});
  CHECK(with(less_equal) == std::vector<float>{1, 1, 0, 0});
  CHECK(with(greater) == std::vector<float>{0, 0, 1, 0});
  CHECK(with(greater_equal) == std::vector<float>{0, 1, 1, 0});
}

TEST_CASE("comparisons refuse shapes that do not broadcast, and ids") {
  Graph graph;
  const Value a = graph.input("a", {4, 3});
  const Value b = graph.input("b", {2});
  const Value ids = graph.input("ids", {3}, DataType::int32);
  CHECK(refusal([&] { equal(a, b); }) ==
        "equal: shapes [4, 3] and [2] do not broadcast (axis 1: 3 against 2)");
  CHECK(refusal([&] { greater(a, ids); }) == "less: an input holds int32, float32 is needed");
}

}  // namespace
}  // namespace gradus::tests

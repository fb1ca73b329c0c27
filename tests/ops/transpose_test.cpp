#include "framework/ops/transpose.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes order(const Shape& permutation) { return {{"permutation", permutation}}; }

const OpCases kCases({
    .op = "transpose",
    .attributes = {"permutation"},
    .build =
        [](const Values& x, const Attributes& a) {
          const auto& permutation = a.get<Shape>("permutation");
          std::vector<int> order;
          order.reserve(static_cast<std::size_t>(permutation.rank()));
          for (const Dimension& axis : permutation) {
            order.push_back(static_cast<int>(axis.size));
          }
          return transpose(x[0], order);
        },
    .cases =
        {
            {"a scalar", {{}}, order({})},
            {"a vector", {{5}}, order({0})},
            {"a matrix", {{19, 37}}, order({1, 0})},
            {"lines of the cache", {{16, 40}}, order({1, 0})},
            {"rows to columns", {{kBatch, 17}}, order({1, 0})},
            {"columns to rows", {{17, kBatch}}, order({1, 0})},
            {"nothing moves", {{kBatch, 3, 5}}, order({0, 1, 2})},
            {"matrices of the batch", {{kBatch, 19, 18}}, order({0, 2, 1})},
            {"the first axis to the end", {{kBatch, 3, 5}}, order({1, 2, 0})},
            {"heads", {{kBatch, 5, 2, 7}}, order({0, 2, 1, 3})},
            {"rank 6", {{kBatch, 2, 3, 1, 4, 5}}, order({0, 5, 3, 1, 4, 2})},
            {"no elements", {{4, 0, 3}}, order({2, 0, 1})},
            {"ranking", {{kBatch, 10, 4, 16}}, order({0, 2, 1, 3})},
        },
});

TEST_CASE("transpose moves each element to its place") {
  const auto y = evaluate([](const Values& x) { return transpose(x[0], {-1, 0}); },
                          {tensor({2, 3}, {1, 2, 3, 4, 5, 6})});
  CHECK(y == std::vector<float>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("transpose refuses what is no order of the axes") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { transpose(x, {0}); }) ==
        "transpose: [0] does not name each axis of [batch, 3] once");
  CHECK(refusal([&] { transpose(x, {1, -1}); }) ==
        "transpose: [1, -1] does not name each axis of [batch, 3] once");
  CHECK(refusal([&] { transpose(x, {0, 2}); }) ==
        "transpose: [0, 2] does not name each axis of [batch, 3] once");
  CHECK(refusal([&] { transpose(x, {0, 1, 0}); }) ==
        "transpose: [0, 1, 0] does not name each axis of [batch, 3] once");
}

}  // namespace
}  // namespace gradus::tests

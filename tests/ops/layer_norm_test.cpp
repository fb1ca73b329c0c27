#include "framework/ops/layer_norm.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "layer_norm",
    .attributes = {"epsilon"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("epsilon") == nullptr) return layer_norm(x[0], x[1], x[2]);
          return layer_norm(x[0], x[1], x[2], a.get<double>("epsilon"));
        },
    .cases =
        {
            {"rows", {{kBatch, 17}, {17}, {17}}},
            {"matrices", {{4, 3, 5}, {5}, {5}}},
            {"a vector", {{9}, {9}, {9}}},
            {"rank 6", {{kBatch, 2, 1, 2, 1, 5}, {5}, {5}}},
            {"the batch on the second axis", {{3, kBatch, 5}, {5}, {5}}},
            {"no rows", {{0, 5}, {5}, {5}}},
            {"a large epsilon", {{kBatch, 5}, {5}, {5}}, {{"epsilon", 0.5}}},
            {"ranking", {{kBatch, 64}, {64}, {64}}},
        },
});

TEST_CASE("layer_norm of equal numbers is the shift") {
  const auto y = evaluate([](const Values& x) { return layer_norm(x[0], x[1], x[2]); },
                          {tensor({1, 2}, {3, 3}), tensor({2}, {5, 6}), tensor({2}, {7, 8})});
  CHECK(y == std::vector<float>{7, 8});
}

TEST_CASE("layer_norm refuses what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value row = graph.input("row", {3});
  const Value other = graph.input("other", {2});
  const Value scalar = graph.input("scalar", {});
  CHECK(refusal([&] { layer_norm(x, row, other); }) ==
        "layer_norm: x of shape [batch, 3] needs a scale and a shift of its last axis, not [3] and "
        "[2]");
  CHECK(refusal([&] { layer_norm(scalar, row, row); }) ==
        "layer_norm: x of shape [] needs a scale and a shift of its last axis, not [3] and [3]");
  CHECK(refusal([&] { layer_norm(x, row, row, -1); }) ==
        "layer_norm: epsilon must be above 0, not -1");
}

}  // namespace
}  // namespace gradus::tests

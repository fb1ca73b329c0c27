#include "framework/ops/cross.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "cross",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return cross(x[0], x[1], x[2], x[3]); },
    .cases =
        {
            {"rows", {{kBatch, 17}, {kBatch, 17}, {17, 17}, {17}}},
            {"the first layer", {{kBatch, 5}, again(0), {5, 5}, {5}}},
            {"one column", {{kBatch, 1}, {kBatch, 1}, {1, 1}, {1}}},
            {"constants", {{3, 5}, {3, 5}, {5, 5}, {5}}},
            {"ranking", {{kBatch, 64}, {kBatch, 64}, {64, 64}, {64}}},
        },
});

TEST_CASE("cross refuses what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value other = graph.input("other", {kBatch, 2});
  const Value weights = graph.input("weights", {3, 3});
  const Value bias = graph.input("bias", {3});
  CHECK(refusal([&] { cross(x, other, weights, bias); }) ==
        "cross: shapes [batch, 3] and [batch, 2] must be the same");
  CHECK(refusal([&] { cross(x, x, bias, bias); }) ==
        "cross: x must be [batch, n], weights [n, n] and bias [n], not [batch, 3], [3] and [3]");
}

}  // namespace
}  // namespace gradus::tests

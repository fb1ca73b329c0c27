#include "framework/nn/layer_norm.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "LayerNorm",
    .attributes = {},
    .build =
        [](const Values& x, const Attributes&) {
          const Shape& shape = x[0].shape();
          return LayerNorm(shape[shape.rank() - 1].size)(x[0]);
        },
    .cases = {{"rows", {{kBatch, 17}}}, {"sequences", {{kBatch, 3, 5}}}},
    .layer = true,
});

TEST_CASE("LayerNorm refuses what does not fit") {
  Graph graph;
  CHECK(refusal([&] { LayerNorm(4)(graph.input("x", {kBatch, 3})); }) ==
        "layer_norm: x of shape [batch, 3] needs a scale and a shift of its last axis, not [4] and "
        "[4]");
  CHECK_THROWS_WITH(LayerNorm(4, 0), "layer_norm: epsilon must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests

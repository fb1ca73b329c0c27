#include "framework/nn/multi_head_attention.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes attributes(bool causal) {
  return {{"heads", std::int64_t{2}}, {"head_size", std::int64_t{3}}, {"causal", causal}};
}

const OpCases kCases({
    .op = "MultiHeadAttention",
    .attributes = {"heads", "head_size", "causal"},
    .build =
        [](const Values& x, const Attributes& given) {
          const MultiHeadAttention layer(x[0].shape()[2].size, given.get<std::int64_t>("heads"),
                                         given.get<std::int64_t>("head_size"));
          return layer(x[0], x[1], x[2], given.get<bool>("causal"));
        },
    .cases =
        {
            {"of another sequence",
             {{kBatch, 3, 4}, {kBatch, 5, 4}, {kBatch, 5, 4}},
             attributes(false)},
            {"of itself, causal", {{kBatch, 3, 4}, again(0), again(0)}, attributes(true)},
        },
    .layer = true,
});

TEST_CASE("MultiHeadAttention refuses what does not fit") {
  Graph graph;
  const MultiHeadAttention layer(4, 2, 3);
  const Value x = graph.input("x", {kBatch, 3, 4});
  CHECK(refusal([&] { layer(x, x, graph.input("value", {kBatch, 3, 5})); }) ==
        "multi_head_attention: inputs must be [batch, n, 4], not [batch, 3, 5]");
  CHECK_THROWS_WITH(MultiHeadAttention(4, 0, 3),
                    "multi_head_attention: size, heads and head_size must be 1 or more, not 4, 0 "
                    "and 3");
}

}  // namespace
}  // namespace gradus::tests

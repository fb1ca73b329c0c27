#include "framework/ops/scaled_dot_product_attention.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "scaled_dot_product_attention",
    .attributes = {"causal"},
    .build =
        [](const Values& x, const Attributes& a) {
          const bool causal = a.find("causal") != nullptr && a.get<bool>("causal");
          return scaled_dot_product_attention(x[0], x[1], x[2], causal);
        },
    .cases =
        {
            {"rows", {{kBatch, 3, 5}, {kBatch, 4, 5}, {kBatch, 4, 2}}},
            {"to itself", {{kBatch, 3, 5}, again(0), again(0)}},
            {"causal", {{kBatch, 4, 5}, {kBatch, 4, 5}, {kBatch, 4, 2}}, {{"causal", true}}},
            {"causal, fewer keys",
             {{kBatch, 4, 5}, {kBatch, 2, 5}, {kBatch, 2, 3}},
             {{"causal", true}}},
            {"heads", {{kBatch, 2, 3, 4}, {kBatch, 2, 3, 4}, {kBatch, 2, 3, 4}}},
            {"constants", {{2, 3, 5}, {2, 7, 5}, {2, 7, 5}}},
            {"ranking", {{kBatch, 10, 32}, {kBatch, 10, 32}, {kBatch, 10, 32}}},
        },
});

TEST_CASE("scaled_dot_product_attention: what is later is not seen where causal") {
  const auto attend = [](const Values& x) {
    return scaled_dot_product_attention(x[0], x[1], x[2], true);
  };
  const Tensor same = tensor({1, 2, 1}, {1, 1});
  CHECK(evaluate(attend, {same, same, tensor({1, 2, 1}, {3, 5})}) == std::vector<float>{3, 4});
}

TEST_CASE("scaled_dot_product_attention refuses shapes that do not fit") {
  Graph graph;
  const Value q = graph.input("q", {kBatch, 3, 5});
  const Value k = graph.input("k", {kBatch, 4, 2});
  CHECK(
      refusal([&] { scaled_dot_product_attention(q, k, k); }) ==
      "scaled_dot_product_attention: query, key and value must be [.., m, d], [.., n, d] and [.., "
      "n, v], not [batch, 3, 5], [batch, 4, 2] and [batch, 4, 2]");
}

}  // namespace
}  // namespace gradus::tests

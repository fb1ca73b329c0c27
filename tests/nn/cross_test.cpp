#include "framework/nn/cross.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "Cross",
    .attributes = {"rank", "diagonal_scale"},
    .build =
        [](const Values& x, const Attributes& attributes) {
          const Cross layer(x[0].shape()[1].size, attributes.get<std::int64_t>("rank"),
                            attributes.get<double>("diagonal_scale"));
          return layer(x[0], x[1]);
        },
    .cases =
        {
            {"full",
             {{kBatch, 9}, {kBatch, 9}},
             {{"rank", std::int64_t{0}}, {"diagonal_scale", 0.0}}},
            {"diagonal",
             {{kBatch, 9}, {kBatch, 9}},
             {{"rank", std::int64_t{0}}, {"diagonal_scale", 0.5}}},
            {"low rank",
             {{kBatch, 9}, {kBatch, 9}},
             {{"rank", std::int64_t{2}}, {"diagonal_scale", 0.0}}},
        },
    .layer = true,
});

TEST_CASE("Cross refuses what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { Cross(3)(graph.input("first", {kBatch, 2}), x); }) ==
        "cross: shapes [batch, 2] and [batch, 3] must be the same");
  CHECK(refusal([&] { Cross(4)(x, x); }) == "matmul: [batch, 3] has 3 columns, [4, 4] has 4 rows");
  CHECK_THROWS_WITH(Cross(3, -1), "cross: rank must be 0 or more, not -1");
  CHECK_THROWS_WITH(Cross(3, 0, -0.5), "cross: diagonal_scale must be 0 or more, not -0.5");
}

}  // namespace
}  // namespace gradus::tests

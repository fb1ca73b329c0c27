#include "framework/ops/moments.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "moments",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return moments(x[0]); },
    .cases =
        {
            {"rows", {{kBatch, 17}}},
            {"one column", {{kBatch, 1}}},
            {"more columns than go together", {{kBatch, 35}}},
            {"more rows than go together", {{131, 3}}},
            {"no columns", {{kBatch, 0}}},
            {"ranking", {{kBatch, 64}}},
        },
});

TEST_CASE("moments are exact far from 0, and zeros where there are no rows") {
  const auto of = [](const Values& x) { return moments(x[0]); };
  CHECK(evaluate(of, {tensor({3, 1}, {9999.0F, 10000.0F, 10001.0F})}) ==
        std::vector<float>{10000.0F, 2.0F / 3.0F});
  std::vector<float> rows(200);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = 1e6F + static_cast<float>(i % 2);
  CHECK(evaluate(of, {Tensor({200, 1}, rows)}) == std::vector<float>{1000000.5F, 0.25F});
  CHECK(evaluate(of, {Tensor({0, 2})}) == std::vector<float>{0, 0, 0, 0});
}

TEST_CASE("moments refuses other shapes") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 2, 3});
  CHECK(refusal([&] { moments(x); }) == "moments: x must be [batch, n], not [batch, 2, 3]");
}

}  // namespace
}  // namespace gradus::tests

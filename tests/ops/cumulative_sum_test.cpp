#include "framework/ops/cumulative_sum.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "cumulative_sum",
    .attributes = {"axis", "reverse"},
    .build =
        [](const Values& x, const Attributes& a) {
          const bool reverse = a.find("reverse") != nullptr && a.get<bool>("reverse");
          return cumulative_sum(x[0], static_cast<int>(a.get<std::int64_t>("axis")), reverse);
        },
    .cases =
        {
            {"a vector", {{9}}, {{"axis", std::int64_t{0}}}},
            {"within rows", {{kBatch, 17}}, {{"axis", std::int64_t{1}}}},
            {"within rows, reversed",
             {{kBatch, 17}},
             {{"axis", std::int64_t{1}}, {"reverse", true}}},
            {"rows", {{kBatch, 3}}, {{"axis", std::int64_t{0}}}},
            {"a middle axis", {{kBatch, 3, 67}}, {{"axis", std::int64_t{1}}}},
            {"no elements", {{kBatch, 0}}, {{"axis", std::int64_t{1}}}},
            {"ranking", {{kBatch, 64}}, {{"axis", std::int64_t{1}}}},
        },
});

TEST_CASE("cumulative_sum adds up from either end") {
  const Tensor x = tensor({3}, {1, 2, 4});
  CHECK(evaluate([](const Values& v) { return cumulative_sum(v[0], 0); }, {x}) ==
        std::vector<float>{1, 3, 7});
  CHECK(evaluate([](const Values& v) { return cumulative_sum(v[0], -1, true); }, {x}) ==
        std::vector<float>{7, 6, 4});
}

TEST_CASE("cumulative_sum refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { cumulative_sum(x, 2); }) == "cumulative_sum: shape [batch, 3] has no axis 2");
}

}  // namespace
}  // namespace gradus::tests

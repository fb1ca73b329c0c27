#include "framework/ops/standardize.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes along(std::int64_t axis) { return {{"axis", axis}}; }

const OpCases kCases({
    .op = "standardize",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          return standardize(x[0], static_cast<int>(a.get<std::int64_t>("axis")), 0.01);
        },
    .cases =
        {
            {"a vector", {{9}}, along(0)},
            {"rows", {{kBatch, 17}}, along(0)},
            {"more columns than go together", {{kBatch, 35}}, along(0)},
            {"within rows", {{kBatch, 17}}, along(1)},
            {"a middle axis", {{kBatch, 3, 5}}, along(1)},
            {"long lines", {{2, 1031}}, along(1)},
            {"the batch on the second axis", {{3, kBatch}}, along(1)},
            {"no rows", {{0, 3}}, along(1)},
            {"ranking, the batch", {{kBatch, 64}}, along(0)},
            {"ranking, within rows", {{kBatch, 64}}, along(-1)},
        },
});

TEST_CASE("standardize leaves mean 0 and variance 1, far from 0, too") {
  const auto of = [](const Values& x) { return standardize(x[0], 0, 1e-12); };
  const std::vector<float> y = evaluate(of, {tensor({3}, {9999.0F, 10000.0F, 10001.0F})});
  CHECK(y[0] == doctest::Approx(-1.2247449));
  CHECK(y[1] == 0);
  CHECK(y[2] == doctest::Approx(1.2247449));
}

TEST_CASE("standardize refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { standardize(x, 2, 1e-3); }) == "standardize: shape [batch, 3] has no axis 2");
}

}  // namespace
}  // namespace gradus::tests

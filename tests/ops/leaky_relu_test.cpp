#include "framework/ops/leaky_relu.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "leaky_relu",
    .attributes = {"negative_slope"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("negative_slope") == nullptr) return leaky_relu(x[0]);
          return leaky_relu(x[0], a.get<double>("negative_slope"));
        },
    .cases = unary_cases(-2.0F, 2.0F, 0.1F),
});

TEST_CASE("leaky_relu goes by its slope below zero, at zero as well") {
  const auto leaky = [](const Values& x) { return leaky_relu(x[0], 0.25); };
  const Tensor x = tensor({3}, {-2.0F, 0.0F, 2.0F});
  CHECK(evaluate(leaky, {x}) == std::vector<float>{-0.5F, 0, 2});
  CHECK(gradient(leaky, {x}) == std::vector<float>{0.25F, 0.25F, 1});
}

TEST_CASE("leaky_relu refuses a slope that is not finite") {
  Graph graph;
  const Value x = graph.input("x", {kBatch});
  CHECK(refusal([&] { leaky_relu(x, std::numeric_limits<double>::infinity()); }) ==
        "leaky_relu: a slope of inf is not finite");
}

}  // namespace
}  // namespace gradus::tests

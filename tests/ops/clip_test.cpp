#include "framework/ops/clip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// Bounds between which no number lies, so that no difference steps over one.
std::vector<OpCase> cases() {
  std::vector<OpCase> cases = unary_cases(-2.0F, 2.0F, 0.1F);
  for (OpCase& op_case : cases) op_case.attributes = {{"minimum", -0.05}, {"maximum", 0.05}};
  cases.push_back({"wide bounds", {{kBatch, 17}}, {{"minimum", -2.5}, {"maximum", 2.5}}});
  return cases;
}

const OpCases kCases({
    .op = "clip",
    .attributes = {"minimum", "maximum"},
    .build =
        [](const Values& x, const Attributes& a) {
          return clip(x[0], a.get<double>("minimum"), a.get<double>("maximum"));
        },
    .cases = cases(),
});

TEST_CASE("clip lets the gradient through within its bounds, at them, too; NaN stays") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto clipped = [](const Values& x) { return clip(x[0], -1, 2); };
  const Tensor x = tensor({6}, {-3, -1, 0, 2, 5, kNan});
  const auto y = evaluate(clipped, {x});
  CHECK(std::vector<float>(y.begin(), y.end() - 1) == std::vector<float>{-1, -1, 0, 2, 2});
  CHECK(std::isnan(y[5]));
  const auto dx = gradient(clipped, {x});
  CHECK(std::vector<float>(dx.begin(), dx.end() - 1) == std::vector<float>{0, 1, 1, 1, 0});
}

TEST_CASE("clip refuses bounds that are no range") {
  Graph graph;
  const Value x = graph.input("x", {kBatch});
  CHECK(refusal([&] { clip(x, 1, 0.5); }) == "clip: 1 to 0.5 is no range");
  CHECK(refusal([&] { clip(x, std::numeric_limits<double>::quiet_NaN(), 1); }) ==
        "clip: nan to 1 is no range");
}

}  // namespace
}  // namespace gradus::tests

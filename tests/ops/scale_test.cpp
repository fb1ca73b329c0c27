#include "framework/ops/scale.h"

#include <doctest/doctest.h>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

std::vector<OpCase> cases() {
  std::vector<OpCase> cases = unary_cases();
  for (OpCase& op_case : cases) op_case.attributes = {{"factor", -1.5}, {"offset", 0.25}};
  return cases;
}

const OpCases kCases({
    .op = "scale",
    .attributes = {"factor", "offset"},
    .build =
        [](const Values& x, const Attributes& a) {
          return scale(x[0], a.get<double>("factor"), a.get<double>("offset"));
        },
    .cases = cases(),
});

TEST_CASE("scale multiplies, then adds") {
  const auto y =
      evaluate([](const Values& x) { return scale(x[0], 2.0, 1.0); }, {tensor({2}, {3.0F, -1.0F})});
  CHECK(y == std::vector<float>{7.0F, -1.0F});
}

}  // namespace
}  // namespace gradus::tests

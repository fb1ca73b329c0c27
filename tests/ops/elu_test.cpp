#include "framework/ops/elu.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "elu",
    .attributes = {"alpha"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("alpha") == nullptr) return elu(x[0]);
          return elu(x[0], a.get<double>("alpha"));
        },
    .cases = unary_cases(-2.0F, 2.0F, 0.1F),
});

TEST_CASE("elu falls to -alpha, with no loss near zero") {
  const auto y = evaluate([](const Values& x) { return elu(x[0], 2); },
                          {tensor({4}, {3.0F, 0.0F, -1e-6F, -100.0F})});
  CHECK(y[0] == 3);
  CHECK(y[1] == 0);
  CHECK(y[2] == doctest::Approx(-2e-6).epsilon(1e-5));
  CHECK(y[3] == -2);
}

TEST_CASE("elu refuses an alpha that is not finite") {
  Graph graph;
  const Value x = graph.input("x", {kBatch});
  CHECK(refusal([&] { elu(x, std::numeric_limits<double>::quiet_NaN()); }) ==
        "elu: an alpha of nan is not finite");
}

}  // namespace
}  // namespace gradus::tests

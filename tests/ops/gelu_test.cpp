#include "framework/ops/gelu.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// Both forms.
std::vector<OpCase> cases() {
  std::vector<OpCase> cases = unary_cases();
  for (OpCase op_case : unary_cases()) {
    op_case.name += ", by tanh";
    op_case.attributes = {{"approximate", std::string("tanh")}};
    cases.push_back(std::move(op_case));
  }
  return cases;
}

const OpCases kCases({
    .op = "gelu",
    .attributes = {"approximate"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("approximate") == nullptr) return gelu(x[0]);
          const auto& how = a.get<std::string>("approximate");
          if (how != "tanh" && how != "none") fail("gelu: no approximation '{}'", how);
          return gelu(x[0], how == "tanh");
        },
    .cases = cases(),
});

TEST_CASE("gelu of large numbers is themselves, of small ones nothing") {
  for (const bool approximate : {false, true}) {
    CAPTURE(approximate);
    const auto gelu_of = [=](const Values& x) { return gelu(x[0], approximate); };
    const Tensor x = tensor({3}, {100.0F, -100.0F, 0.0F});
    CHECK(evaluate(gelu_of, {x}) == std::vector<float>{100, 0, 0});
    CHECK(gradient(gelu_of, {x}) == std::vector<float>{1, 0, 0.5F});
  }
}

}  // namespace
}  // namespace gradus::tests

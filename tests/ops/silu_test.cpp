#include "framework/ops/silu.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/elementwise_cases.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "silu",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return silu(x[0]); },
    .cases = unary_cases(),
});

TEST_CASE("silu of large numbers is themselves, of small ones nothing") {
  const auto y =
      evaluate([](const Values& x) { return silu(x[0]); }, {tensor({3}, {200.0F, -200.0F, 0.0F})});
  CHECK(y == std::vector<float>{200.0F, 0.0F, 0.0F});
}

}  // namespace
}  // namespace gradus::tests

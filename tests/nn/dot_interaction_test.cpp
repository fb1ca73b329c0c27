#include "framework/nn/dot_interaction.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "DotInteraction",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return DotInteraction()(x); },
    .cases = {{"three vectors", {{kBatch, 5}, {kBatch, 5}, {kBatch, 5}}},
              {"a vector twice", {{kBatch, 5}, again(0), {kBatch, 5}}}},
    .layer = true,
});

TEST_CASE("DotInteraction refuses what does not fit") {
  CHECK_THROWS_WITH(DotInteraction()({}), "dot_interaction: there are no vectors");
}

}  // namespace
}  // namespace gradus::tests

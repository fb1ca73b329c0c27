#include "framework/ops/normalize.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// x, and mean, variance (above 0), scale and shift of its columns.
std::vector<InputCase> columns(const Dimension& rows, std::int64_t n) {
  return {{rows, n}, {n}, numbers({n}, 0.25F, 2.0F), {n}, {n}};
}

const OpCases kCases({
    .op = "normalize",
    .attributes = {},
    .build = [](const Values& x,
                const Attributes&) { return normalize(x[0], x[1], x[2], x[3], x[4]); },
    .cases =
        {
            {"rows", columns(kBatch, 17)},
            {"one column", columns(kBatch, 1)},
            {"more columns than go together", columns(kBatch, 35)},
            {"constants", columns(5, 3)},
            {"ranking", columns(kBatch, 64)},
        },
});

TEST_CASE("normalize refuses what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value row = graph.input("row", {3});
  CHECK(refusal([&] { normalize(x, row, row, x, row); }) ==
        "normalize: x must be [batch, n], all others [n], not [batch, 3], [3], [3], [batch, 3] and "
        "[3]");
  CHECK(refusal([&] { normalize(x, row, row, row, row, 0); }) ==
        "normalize: epsilon must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests

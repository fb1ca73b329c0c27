#include "framework/ops/slice.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes part(std::int64_t axis, std::int64_t begin, std::int64_t end) {
  return {{"axis", axis}, {"begin", begin}, {"end", end}};
}

const OpCases kCases({
    .op = "slice",
    .attributes = {"axis", "begin", "end"},
    .build =
        [](const Values& x, const Attributes& a) {
          return slice(x[0], static_cast<int>(a.get<std::int64_t>("axis")),
                       a.get<std::int64_t>("begin"), a.get<std::int64_t>("end"));
        },
    .cases =
        {
            {"the first columns", {{kBatch, 17}}, part(1, 0, 5)},
            {"columns in the middle", {{kBatch, 17}}, part(1, 3, 11)},
            {"the last columns", {{kBatch, 17}}, part(-1, 9, 17)},
            {"one column", {{kBatch, 17}}, part(1, 16, 17)},
            {"all columns", {{kBatch, 17}}, part(1, 0, 17)},
            {"no columns", {{kBatch, 17}}, part(1, 4, 4)},
            {"a middle axis", {{kBatch, 5, 3}}, part(1, 1, 4)},
            {"the last axis of three", {{kBatch, 5, 3}}, part(2, 1, 2)},
            {"rows of a constant", {{7, 3}}, part(0, 2, 6)},
            {"a vector", {{9}}, part(0, 4, 9)},
            {"before the batch", {{5, kBatch}}, part(0, 1, 3)},
            {"rank 6", {{kBatch, 2, 3, 4, 1, 2}}, part(3, 1, 3)},
            {"ranking", {{kBatch, 64}}, part(1, 32, 64)},
        },
});

TEST_CASE("slice refuses what lies beyond the axis, and parts of the batch") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 6});
  CHECK(refusal([&] { slice(x, 2, 0, 1); }) == "slice: shape [batch, 6] has no axis 2");
  CHECK(refusal([&] { slice(x, 1, 2, 7); }) ==
        "slice: 2 to 7 is not a range of axis 1 of [batch, 6]");
  CHECK(refusal([&] { slice(x, 1, -1, 2); }) ==
        "slice: -1 to 2 is not a range of axis 1 of [batch, 6]");
  CHECK(refusal([&] { slice(x, 1, 3, 2); }) ==
        "slice: 3 to 2 is not a range of axis 1 of [batch, 6]");
  CHECK(refusal([&] { slice(x, 0, 0, 1); }) ==
        "slice: 0 to 1 is not a range of axis 0 of [batch, 6]");
}

}  // namespace
}  // namespace gradus::tests

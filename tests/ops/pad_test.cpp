#include "framework/ops/pad.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes with(std::int64_t axis, std::int64_t before, std::int64_t after) {
  return {{"axis", axis}, {"before", before}, {"after", after}};
}

const OpCases kCases({
    .op = "pad",
    .attributes = {"axis", "before", "after"},
    .build =
        [](const Values& x, const Attributes& a) {
          return pad(x[0], static_cast<int>(a.get<std::int64_t>("axis")),
                     a.get<std::int64_t>("before"), a.get<std::int64_t>("after"));
        },
    .cases =
        {
            {"both sides", {{kBatch, 5}}, with(1, 2, 3)},
            {"before", {{kBatch, 5}}, with(-1, 2, 0)},
            {"after a middle axis", {{kBatch, 3, 5}}, with(1, 0, 1)},
            {"constants", {{3, 5}}, with(0, 1, 1)},
            {"nothing", {{kBatch, 5}}, with(1, 0, 0)},
            {"ranking", {{kBatch, 60}}, with(1, 0, 4)},
        },
});

TEST_CASE("pad puts the value around") {
  const auto y =
      evaluate([](const Values& x) { return pad(x[0], 0, 1, 2, -1); }, {tensor({2}, {3, 4})});
  CHECK(y == std::vector<float>{-1, 3, 4, -1, -1});
}

TEST_CASE("pad refuses negative sizes, the batch, and an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { pad(x, 1, -1, 2); }) ==
        "pad: -1 and 2 elements cannot be added, as one is negative");
  CHECK(refusal([&] { pad(x, 0, 1, 0); }) == "pad: axis 0 of [batch, 3] grows with the batch");
  CHECK(refusal([&] { pad(x, 2, 1, 0); }) == "pad: shape [batch, 3] has no axis 2");
}

}  // namespace
}  // namespace gradus::tests

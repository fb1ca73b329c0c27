#include "framework/nn/factorization_machine.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

constexpr std::int64_t kDimension = 5;

const OpCases kCases({
    .op = "FactorizationMachine",
    .attributes = {"rows", "dimension"},
    .build =
        [](const Values& x, const Attributes& attributes) {
          std::vector<std::int64_t> rows;
          for (const Dimension& size : attributes.get<Shape>("rows")) rows.push_back(size.size);
          return FactorizationMachine(rows, attributes.get<std::int64_t>("dimension"))(x);
        },
    .cases = {{"fields",
               {ids({kBatch}, 4), ids({kBatch}, 7), ids({kBatch}, 3)},
               {{"rows", Shape{4, 7, 3}}, {"dimension", kDimension}}}},
    .layer = true,
});

TEST_CASE("FactorizationMachine refuses what does not fit") {
  Graph graph;
  const Value field = graph.input("field", {kBatch}, DataType::int32);
  CHECK(refusal([&] { FactorizationMachine({4, 5}, 2)({field}); }) ==
        "factorization_machine: 1 fields are given, it was made for 2");
  CHECK_THROWS_WITH(FactorizationMachine({}, 2), "factorization_machine: there are no fields");
}

}  // namespace
}  // namespace gradus::tests

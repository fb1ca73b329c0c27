#include "framework/ops/factorization_machine.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "factorization_machine",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return factorization_machine(x[0]); },
    .cases =
        {
            {"rows", {{kBatch, 4, 5}}},
            {"one vector", {{kBatch, 1, 5}}},
            {"no vectors", {{kBatch, 0, 5}}},
            {"constants", {{3, 4, 33}}},
            {"ranking", {{kBatch, 26, 16}}},
        },
});

TEST_CASE("factorization_machine adds up the products of pairs") {
  const auto y = evaluate([](const Values& x) { return factorization_machine(x[0]); },
                          {tensor({1, 3, 2}, {1, 2, 3, 4, 5, 6})});
  CHECK(y == std::vector<float>{11 + 17 + 39});
}

TEST_CASE("factorization_machine refuses another rank") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { factorization_machine(x); }) ==
        "factorization_machine: the shape must be [batch, fields, dimension], not [batch, 3]");
}

}  // namespace
}  // namespace gradus::tests

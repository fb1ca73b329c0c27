#include "framework/ops/mean_squared_error.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "mean_squared_error",
    .attributes = {},
    .build =
        [](const Values& x, const Attributes&) {
          return mean_squared_error(x[0], x[1], x.size() > 2 ? x[2] : Value());
        },
    .cases =
        {
            {"a column", {{kBatch, 1}, {kBatch, 1}}},
            {"numbers", {{kBatch}, {kBatch}}},
            {"rows", {{kBatch, 3}, {kBatch, 3}}},
            {"a constant", {{9, 1}, {9, 1}}},
            {"scalars", {{}, {}}},
            {"weights", {{kBatch, 1}, {kBatch, 1}, numbers({kBatch, 1}, 0.0F, 3.0F)}},
            {"ranking", {{kBatch, 1}, {kBatch, 1}}},
        },
});

TEST_CASE("mean_squared_error never broadcasts") {
  Graph graph;
  const Value column = graph.input("column", {kBatch, 1});
  const Value vector = graph.input("vector", {kBatch});
  const std::string text = "mean_squared_error: shapes [batch, 1] and [batch] must be the same";
  CHECK(refusal([&] { mean_squared_error(column, vector); }) == text);
  CHECK(refusal([&] { mean_squared_error(column, column, vector); }) == text);
}

TEST_CASE("mean_squared_error divides by the number of examples, whatever their weights") {
  const auto loss =
      evaluate([](const Values& x) { return mean_squared_error(x[0], x[1], x[2]); },
               {tensor({2, 1}, {3, 5}), tensor({2, 1}, {1, 4}), tensor({2, 1}, {0.5F, 0})});
  CHECK(loss[0] == 1.0F);
}

}  // namespace
}  // namespace gradus::tests

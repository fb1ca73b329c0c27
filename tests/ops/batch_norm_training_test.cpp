#include "framework/ops/batch_norm_training.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "batch_norm_training",
    .attributes = {"epsilon"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("epsilon") == nullptr) return batch_norm_training(x[0], x[1], x[2]);
          return batch_norm_training(x[0], x[1], x[2], a.get<double>("epsilon"));
        },
    .cases =
        {
            {"rows", {{kBatch, 17}, {17}, {17}}},
            {"one column", {{kBatch, 1}, {1}, {1}}},
            {"constants", {{5, 3}, {3}, {3}}},
            {"a large epsilon", {{kBatch, 5}, {5}, {5}}, {{"epsilon", 0.5}}},
            {"ranking", {{kBatch, 64}, {64}, {64}}},
        },
});

TEST_CASE("batch_norm_training of one row is the shift") {
  const auto y = evaluate([](const Values& x) { return batch_norm_training(x[0], x[1], x[2]); },
                          {tensor({1, 2}, {3, 9}), tensor({2}, {5, 6}), tensor({2}, {7, 8})});
  CHECK(y == std::vector<float>{7, 8});
}

TEST_CASE("batch_norm_training refuses what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value row = graph.input("row", {3});
  const Value deep = graph.input("deep", {kBatch, 2, 3});
  const std::string must = "batch_norm_training: x must be [batch, n], scale and shift [n], not ";
  CHECK(refusal([&] { batch_norm_training(deep, row, row); }) ==
        must + "[batch, 2, 3], [3] and [3]");
  CHECK(refusal([&] { batch_norm_training(x, row, x); }) ==
        must + "[batch, 3], [3] and [batch, 3]");
  CHECK(refusal([&] { batch_norm_training(x, row, row, 0); }) ==
        "batch_norm_training: epsilon must be above 0, not 0");
}

}  // namespace
}  // namespace gradus::tests

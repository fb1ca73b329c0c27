#include "framework/ops/masked_log_sum_exp.h"

#include <doctest/doctest.h>

#include <cmath>

#include "framework/ops/lists.h"
#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"

namespace gradus::tests {
namespace {

/// Ids make the mask: what none of them is above, nothing is summed of.
const OpCases kCases({
    .op = "masked_log_sum_exp",
    .attributes = {},
    .build =
        [](const Values& x, const Attributes&) {
          if (x.size() == 1) return masked_log_sum_exp(x[0]);
          return masked_log_sum_exp(x[0], pairs_above(constant_labels(x[1]), Value()));
        },
    .cases =
        {
            {"rows", {{kBatch, 17}}},
            {"a vector", {{9}}},
            {"an axis of 1", {{kBatch, 1}}},
            {"rows of matrices", {{kBatch, 3, 5}}},
            {"the batch on the second axis", {{3, kBatch, 2}}},
            {"a mask", {{kBatch, 4, 4}, ids({kBatch, 4}, 5)}},
            {"ranking", {{kBatch, 64}}},
            {"ranking, a mask", {{kBatch, 10, 10}, ids({kBatch, 10}, 5)}},
        },
});

TEST_CASE("masked_log_sum_exp is that of what the mask has, and 0 of nothing") {
  const auto of = [](const Values& x) { return masked_log_sum_exp(x[0], x[1]); };
  const auto y = evaluate(of, {tensor({4, 3}, {0, 0, 9, 80, -80, 0, 100, 100, 100, 1, 2, 3}),
                               tensor({4, 3}, {1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0})});
  CHECK(y[0] == doctest::Approx(0.69314718056).epsilon(1e-6));
  CHECK(y[1] == 80);
  CHECK(y[2] == 0);
  CHECK(y[3] == 2);
  const auto whole = [](const Values& x) { return masked_log_sum_exp(x[0]); };
  CHECK(evaluate(whole, {tensor({2}, {1e4F, 1e4F})})[0] == doctest::Approx(10000.6931));
  CHECK(std::isnan(evaluate(whole, {tensor({2}, {std::nanf(""), 1})})[0]));
  CHECK(std::isnan(evaluate(whole, {tensor({2}, {1, std::nanf("")})})[0]));
}

TEST_CASE("masked_log_sum_exp refuses what has no last axis, and masks of another shape") {
  Graph graph;
  const Value scalar = graph.input("scalar", {});
  const Value vector = graph.input("vector", {kBatch});
  const Value rows = graph.input("rows", {kBatch, 3});
  const std::string op = "masked_log_sum_exp: ";
  CHECK(refusal([&] { masked_log_sum_exp(scalar); }) ==
        op + "shape [] has no last axis of a constant size");
  CHECK(refusal([&] { masked_log_sum_exp(vector); }) ==
        op + "shape [batch] has no last axis of a constant size");
  CHECK(refusal([&] { masked_log_sum_exp(rows, vector); }) ==
        op + "shapes [batch, 3] and [batch] must be the same");
}

}  // namespace
}  // namespace gradus::tests

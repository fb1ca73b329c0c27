#include "framework/ops/binary_cross_entropy_with_logits.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

std::vector<InputCase> logits_and_labels(const Shape& shape) {
  return {numbers(shape, -6.0F, 6.0F), numbers(shape, 0.0F, 1.0F)};
}

std::vector<InputCase> with_weights(const Shape& shape) {
  std::vector<InputCase> inputs = logits_and_labels(shape);
  inputs.push_back(numbers(shape, 0.0F, 3.0F));
  return inputs;
}

Value loss(const Values& x) {
  return binary_cross_entropy_with_logits(x[0], x[1], x.size() > 2 ? x[2] : Value());
}

const OpCases kCases({
    .op = "binary_cross_entropy_with_logits",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return loss(x); },
    .cases =
        {
            {"a column", logits_and_labels({kBatch, 1})},
            {"numbers", logits_and_labels({kBatch})},
            {"rows", logits_and_labels({kBatch, 3})},
            {"a constant", logits_and_labels({9, 1})},
            {"weights", with_weights({kBatch, 1})},
            {"ranking", logits_and_labels({kBatch, 1})},
        },
});

TEST_CASE("binary_cross_entropy_with_logits never broadcasts") {
  Graph graph;
  const Value column = graph.input("column", {kBatch, 1});
  const Value vector = graph.input("vector", {kBatch});
  const std::string text =
      "binary_cross_entropy_with_logits: shapes [batch, 1] and [batch] must be the same";
  CHECK(refusal([&] { binary_cross_entropy_with_logits(column, vector); }) == text);
  CHECK(refusal([&] { binary_cross_entropy_with_logits(column, column, vector); }) == text);
}

TEST_CASE(
    "binary_cross_entropy_with_logits stays finite for large logits, and exact for small ones") {
  const auto of = [](float logit, float label) {
    return evaluate(loss, {tensor({1}, {logit}), tensor({1}, {label})})[0];
  };
  CHECK(of(1e4F, 1) == 0);
  CHECK(of(-1e4F, 0) == 0);
  CHECK(of(1e4F, 0) == 1e4F);
  CHECK(of(-1e4F, 1) == 1e4F);
  CHECK(of(0, 1) == doctest::Approx(0.69314718056).epsilon(1e-7));
  CHECK(of(20, 1) == doctest::Approx(2.0611536181902037e-9).epsilon(1e-6));
  CHECK(std::isnan(of(std::numeric_limits<float>::quiet_NaN(), 1)));
}

TEST_CASE("binary_cross_entropy_with_logits: the gradient of large logits is 0, 1 or -1") {
  const auto dx =
      gradient(loss, {tensor({4}, {1e4F, -1e4F, 1e4F, -1e4F}), tensor({4}, {1, 0, 0, 1})});
  CHECK(dx == std::vector<float>{0, 0, 0.25F, -0.25F});
}

}  // namespace
}  // namespace gradus::tests

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/ops/evaluate.h"
#include "tests/ops/op_case.h"

namespace gradus::tests {

/// What a test of a loss of predictions and labels of one shape goes through; `labels` makes the
/// labels' contents.
inline std::vector<OpCase> pointwise_loss_cases(InputCase (*labels)(const Shape&)) {
  const auto inputs = [&](const Shape& shape) {
    return std::vector<InputCase>{numbers(shape, -3.0F, 3.0F), labels(shape)};
  };
  const auto weighted = [&](const Shape& shape) {
    std::vector<InputCase> out = inputs(shape);
    out.push_back(numbers(shape, 0.0F, 3.0F));
    return out;
  };
  return {
      {"a column", inputs({kBatch, 1})}, {"numbers", inputs({kBatch})},
      {"rows", inputs({kBatch, 3})},     {"a constant", inputs({9, 1})},
      {"scalars", inputs({})},           {"weights", weighted({kBatch, 1})},
      {"ranking", inputs({kBatch, 1})},
  };
}

/// Holds a loss to refusing shapes that differ, of labels and of weights.
inline void check_never_broadcasts(const std::string& op,
                                   const std::function<Value(const Values&)>& loss) {
  Graph graph;
  const Value column = graph.input("column", {kBatch, 1});
  const Value vector = graph.input("vector", {kBatch});
  const std::string text = op + ": shapes [batch, 1] and [batch] must be the same";
  for (const Values& inputs : {Values{column, vector}, Values{column, column, vector}}) {
    try {
      loss(inputs);
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).starts_with(text + " ("));
    }
  }
}

/// The loss of predictions, labels and weights, each [n].
inline double loss_of(const std::function<Value(const Values&)>& loss,
                      const std::vector<std::vector<float>>& inputs) {
  std::vector<Tensor> tensors;
  tensors.reserve(inputs.size());
  for (const auto& values : inputs) {
    tensors.emplace_back(Extents{static_cast<std::int64_t>(values.size())},
                         std::span<const float>(values));
  }
  return static_cast<double>(evaluate(loss, tensors)[0]);
}

}  // namespace gradus::tests

#include "tests/ops/list_loss_cases.h"

#include "framework/ops/embedding.h"
#include "framework/ops/reshape.h"

namespace gradus::tests {
namespace {

constexpr std::int32_t kLabels = 5;

}  // namespace

Value constant_labels(Value ids) {
  Tensor halves({kLabels, 1});
  for (std::int32_t i = 0; i < kLabels; ++i) {
    halves.floats()[static_cast<std::size_t>(i)] = 0.5F * static_cast<float>(i);
  }
  return reshape(embedding(ids.graph().parameter("labels", halves), ids), ids.shape());
}

std::vector<OpCase> list_loss_cases(float low, float high, float margin) {
  const auto scores = [=](const Shape& shape) { return numbers(shape, low, high, margin); };
  const auto weights = [](const Shape& shape) { return numbers(shape, 0.5F, 2.0F); };
  std::vector<OpCase> cases;
  for (const auto& [name, shape] : std::vector<std::pair<std::string, Shape>>{
           {"lists", {kBatch, 5}}, {"lists of one", {kBatch, 1}}, {"a constant", {3, 4}}}) {
    cases.push_back({name, {scores(shape), ids(shape, kLabels)}});
    cases.push_back({name + ", weights", {scores(shape), ids(shape, kLabels), weights(shape)}});
  }
  cases.push_back({"ranking", {scores({kBatch, 10}), ids({kBatch, 10}, kLabels)}});
  return cases;
}

Value build_list_loss(ListLoss loss, const Values& inputs) {
  return loss(inputs[0], constant_labels(inputs[1]), inputs.size() > 2 ? inputs[2] : Value());
}

}  // namespace gradus::tests

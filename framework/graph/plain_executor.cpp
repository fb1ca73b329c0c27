#include "framework/graph/plain_executor.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/denormals.h"

namespace gradus {
namespace {

std::vector<bool> needed(const Graph& graph, const std::vector<Value>& targets) {
  std::vector<bool> live(static_cast<std::size_t>(graph.size()), false);
  for (const Value& target : targets) live[static_cast<std::size_t>(target.index())] = true;
  for (int i = graph.size() - 1; i >= 0; --i) {
    if (!live[static_cast<std::size_t>(i)]) continue;
    for (int input : graph.node(i).inputs) live[static_cast<std::size_t>(input)] = true;
  }
  return live;
}

}  // namespace

void PlainExecutor::run(const std::vector<Value>& targets, std::int64_t batch) {
  values_.clear();
  const kernels::FlushDenormals flush_denormals;
  const std::vector<bool> live = needed(graph_, targets);
  for (int i = 0; i < graph_.size(); ++i) {
    if (!live[static_cast<std::size_t>(i)]) continue;
    const Node& node = graph_.node(i);
    if (const Tensor* parameter = graph_.tensor(i)) {
      values_[i] = *parameter;
      continue;
    }
    if (node.op == &kInput) {
      const auto given = given_.find(i);
      if (given == given_.end()) fail("executor: input '{}' was not given", node.scope);
      const Extents expected = node.shape.at(batch);
      if (!(given->second.extents() == expected)) {
        fail("executor: input '{}' has shape {}, {} was given", node.scope, expected.text(),
             given->second.extents().text());
      }
      values_[i] = given->second;
      continue;
    }
    std::vector<View> inputs;
    std::vector<Extents> extents;
    for (int input : node.inputs) {
      inputs.push_back(values_.at(input).view());
      extents.push_back(inputs.back().extents);
    }
    const Tensor output(node.shape.at(batch), node.type);
    const Op& op = *node.op;
    const Kernel kernel =
        op.prepare != nullptr
            ? op.prepare({.node = graph_.value(i), .inputs = extents, .output = output.extents()})
            : Kernel(op.run);
    kernel({.node = graph_.value(i), .inputs = inputs, .output = output.view(), .batch = batch});
    values_[i] = output;
  }
}

const Tensor& PlainExecutor::value(Value v) const {
  const auto found = values_.find(v.index());
  if (found == values_.end()) fail("executor: node {} was not computed", v.index());
  return found->second;
}

std::optional<Value> PlainExecutor::first_not_finite() const {
  for (const auto& [index, tensor] : values_) {
    if (tensor.type() != DataType::float32) continue;
    const auto values = tensor.floats();
    if (!std::ranges::all_of(values, [](float x) { return std::isfinite(x); })) {
      return graph_.value(index);
    }
  }
  return std::nullopt;
}

}  // namespace gradus

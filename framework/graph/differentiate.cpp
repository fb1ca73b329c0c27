#include "framework/graph/differentiate.h"

#include <algorithm>

#include "framework/graph/builtin.h"

namespace gradus {
namespace {

/// Which of the nodes up to `last` depend on one of `roots`.
std::vector<bool> dependents(const Graph& graph, std::span<const Value> roots, int last) {
  std::vector<bool> depends(static_cast<std::size_t>(last) + 1, false);
  for (const Value& root : roots) {
    if (root.index() <= last) depends[static_cast<std::size_t>(root.index())] = true;
  }
  for (int i = 0; i <= last; ++i) {
    for (int input : graph.node(i).inputs) {
      if (depends[static_cast<std::size_t>(input)]) depends[static_cast<std::size_t>(i)] = true;
    }
  }
  return depends;
}

/// What has flowed to one node so far: values that will be added up, and rows.
struct Flow {
  std::vector<Value> values;
  std::vector<RowGradient> rows;

  Gradient sum() const {
    Gradient gradient;
    if (!values.empty()) gradient.dense = accumulate(values);
    gradient.rows = rows;
    return gradient;
  }
};

}  // namespace

Gradients differentiate(Value y, std::span<const Value> with_respect_to, Value upstream) {
  Graph& graph = y.graph();
  const auto elsewhere = [&](const Value& value) { return &value.graph() != &graph; };
  if (std::ranges::any_of(with_respect_to, elsewhere) || (upstream && elsewhere(upstream))) {
    fail("differentiate: a value belongs to another graph");
  }
  if (!upstream) {
    upstream = constant(graph, y.shape(), 1.0);
  } else if (!(upstream.shape() == y.shape())) {
    fail("differentiate: the upstream gradient has shape {}, the value {}", upstream.shape().text(),
         y.shape().text());
  }
  const std::vector<bool> depends = dependents(graph, with_respect_to, y.index());
  std::vector<Flow> flows(static_cast<std::size_t>(y.index()) + 1);
  flows.back().values.push_back(upstream);

  for (int i = y.index(); i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    if (!depends[at] || graph.node(i).inputs.empty()) continue;
    const Gradient flow = flows[at].sum();
    if (!flow) continue;
    const Op& op = *graph.node(i).op;
    const Scope scope(graph, graph.node(i).scope);
    if (op.gradient == nullptr)
      fail("{}: has no gradient{}", op.name, graph.place(graph.node(i).where));
    const Value value = graph.value(i);
    const Gradients gradients = op.gradient(value, dense(flow, value));
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      const auto input = static_cast<std::size_t>(value.input(static_cast<int>(k)).index());
      if (!depends[input]) continue;
      if (gradients[k].dense) flows[input].values.push_back(gradients[k].dense);
      flows[input].rows.insert(flows[input].rows.end(), gradients[k].rows.begin(),
                               gradients[k].rows.end());
    }
  }

  Gradients out;
  for (const Value& value : with_respect_to) {
    out.push_back(value.index() <= y.index() ? flows[static_cast<std::size_t>(value.index())].sum()
                                             : Gradient{});
  }
  return out;
}

Value dense(const Gradient& gradient, Value value) {
  std::vector<Value> parts;
  if (gradient.dense) parts.push_back(gradient.dense);
  for (const RowGradient& rows : gradient.rows) parts.push_back(scatter_rows(rows, value.shape()));
  if (parts.empty()) return constant(value.graph(), value.shape(), 0.0);
  return accumulate(parts);
}

}  // namespace gradus

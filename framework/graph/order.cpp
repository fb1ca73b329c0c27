#include "framework/graph/order.h"

#include <algorithm>
#include <utility>

namespace gradus {
namespace {

StepKind kind_of(const Graph& graph, const Step& step, std::int64_t batch) {
  const Op& op = *graph.node(step.base).op;
  if (op.updates > 0) return StepKind::update;
  if (batch == 0) return StepKind::whole;  // an empty batch has no tiles
  const Shape& shape = graph.node(step.node).shape;
  bool any_rows = shape.has_rows();
  for (int input : step.inputs) {
    const Shape& of_input = graph.node(input).shape;
    if (of_input.has_batch() && !of_input.has_rows()) return StepKind::whole;
    any_rows |= of_input.has_rows();
  }
  if (!any_rows) return StepKind::whole;
  const Rows rows = op.rows(graph.value(step.base));
  if (rows == Rows::each && shape.has_rows()) return StepKind::tiled;
  if (rows == Rows::sum && !shape.has_batch()) return StepKind::summed;
  return StepKind::whole;
}

void find_stages(const Graph& graph, std::int64_t batch, Order& order) {
  for (OrderedStep& step : order.steps) {
    if (step.step.node < 0) continue;
    step.kind = kind_of(graph, step.step, batch);
    step.stage = step.in_tiles() ? 1 : 0;
    for (int input : step.step.inputs) {
      const OrderedStep& from = order.source(input);
      if (from.kind == StepKind::none || from.kind == StepKind::outside) continue;
      const bool later = step.in_tiles() && from.kind != StepKind::tiled;
      step.stage = std::max(step.stage, from.stage + (later ? 1 : 0));
    }
    order.stages = std::max(order.stages, step.stage + 1);
  }
}

void find_levels(Order& order) {
  for (OrderedStep& step : order.steps) {
    if (step.kind != StepKind::whole) continue;
    for (int input : step.step.inputs) {
      const OrderedStep& from = order.source(input);
      const bool waits = from.kind == StepKind::whole && from.stage == step.stage;
      if (waits) step.level = std::max(step.level, from.level + 1);
    }
  }
}

}  // namespace

int Order::levels(int stage) const {
  int count = 0;
  for (const OrderedStep& step : steps) {
    if (step.kind != StepKind::whole || step.stage != stage) continue;
    count = std::max(count, step.level + 1);
  }
  return count;
}

void Order::run_on_all_rows(OrderedStep& step) {
  step.kind = StepKind::whole;
  find_levels(*this);
}

Order find_order(const Graph& graph, const std::vector<int>& outputs,
                 const std::vector<int>& updates, const std::vector<int>& given,
                 std::int64_t batch) {
  Steps found = find_steps(graph, outputs, updates, given);
  Order order;
  order.holders = std::move(found.holders);
  order.steps.resize(found.steps.size());
  for (std::size_t i = 0; i < found.steps.size(); ++i) {
    OrderedStep& step = order.steps[i];
    step.step = std::move(found.steps[i]);
    step.kept = found.kept[i];
    if (found.outside[i]) step.kind = StepKind::outside;
  }
  find_stages(graph, batch, order);
  find_levels(order);
  return order;
}

}  // namespace gradus

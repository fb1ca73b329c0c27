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
  for (OrderedStep& ordered : order.steps) {
    if (ordered.step.node < 0) continue;
    ordered.kind = kind_of(graph, ordered.step, batch);
    const Op& op = *graph.node(ordered.step.base).op;
    ordered.part = ordered.kind == StepKind::whole && batch > 0 && op.run_tile != nullptr;
    ordered.stage = ordered.in_tiles() ? 1 : 0;
    const bool in_tiles = ordered.in_tiles() || ordered.part;
    for (int input : ordered.step.inputs) {
      const OrderedStep& from = order.source(input);
      if (from.kind == StepKind::none || from.kind == StepKind::outside) continue;
      const bool later = in_tiles && from.kind != StepKind::tiled;
      ordered.stage = std::max(ordered.stage, from.stage + (later ? 1 : 0));
    }
    order.stages = std::max(order.stages, ordered.stage + 1);
  }
}

void find_levels(Order& order) {
  for (OrderedStep& ordered : order.steps) {
    if (ordered.kind != StepKind::whole) continue;
    for (int input : ordered.step.inputs) {
      const OrderedStep& from = order.source(input);
      const bool waits = from.kind == StepKind::whole && from.stage == ordered.stage;
      if (waits) ordered.level = std::max(ordered.level, from.level + 1);
    }
  }
}

}  // namespace

int Order::levels(int stage) const {
  int count = 0;
  for (const OrderedStep& ordered : steps) {
    if (ordered.kind != StepKind::whole || ordered.stage != stage) continue;
    count = std::max(count, ordered.level + 1);
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
    OrderedStep& ordered = order.steps[i];
    ordered.step = std::move(found.steps[i]);
    ordered.kept = found.kept[i];
    if (found.outside[i]) ordered.kind = StepKind::outside;
  }
  find_stages(graph, batch, order);
  find_levels(order);
  return order;
}

}  // namespace gradus

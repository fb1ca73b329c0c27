#include "framework/graph/describe.h"

#include <algorithm>
#include <utility>

namespace gradus {
namespace {

PlanLine line(const Graph& graph, const Step& step, std::string runs) {
  const Node& node = graph.node(step.node);
  const Op& op = *graph.node(step.base).op;
  PlanLine out{.node = step.node,
               .scope = node.scope,
               .op = std::string(op.name),
               .shape = node.shape.text(),
               .runs = std::move(runs),
               .flops = step.flops,
               .bytes = step.bytes};
  if (step.bias) out.op += " + bias";
  if (step.activation != kernels::Activation::none) {
    out.op += fmt::format(" + {}", kernels::name(step.activation));
  }
  if (step.gate) out.op += " + gate";
  return out;
}

}  // namespace

std::vector<PlanLine> describe(const Graph& graph, const Plan& plan) {
  std::vector<PlanLine> lines;
  for (const Stage& stage : plan.stages) {
    for (const Step& step : stage.tiled) {
      const bool sums = std::ranges::find(stage.summed, step.node) != stage.summed.end();
      lines.push_back(line(graph, step, sums ? "lanes" : "tile"));
    }
    for (const std::vector<Step>& steps : stage.whole) {
      for (const Step& step : steps) lines.push_back(line(graph, step, "whole"));
    }
  }
  for (const std::vector<Step>& steps : plan.updates) {
    for (const Step& step : steps) lines.push_back(line(graph, step, "update"));
  }
  return lines;
}

}  // namespace gradus

#include "framework/graph/describe.h"

#include <algorithm>
#include <utility>

namespace gradus {
namespace {

double elements(const Extents& extents) { return static_cast<double>(extents.elements()); }

/// Of all inputs and the output.
double bytes(const Request& request) {
  double sum = elements(request.output);
  for (const Extents& input : request.inputs) sum += elements(input);
  return sizeof(float) * sum;
}

PlanLine line(const Graph& graph, const Plan& plan, const Step& step, std::string runs) {
  const Node& node = graph.node(step.node);
  const Op& op = *graph.node(step.base).op;
  PlanLine out{.node = step.node,
               .scope = node.scope,
               .op = std::string(op.name),
               .shape = node.shape.text(),
               .runs = std::move(runs)};
  if (step.bias) out.op += " + bias";
  if (step.activation != kernels::Activation::none) {
    out.op += fmt::format(" + {}", kernels::name(step.activation));
  }
  if (step.gate) out.op += " + gate";
  std::vector<Extents> inputs;
  for (const int input : step.inputs) {
    inputs.push_back(graph.node(input).shape.at(plan.batch));
  }
  const Request request{.node = graph.value(step.base),
                        .inputs = inputs,
                        .output = node.shape.at(plan.batch),
                        .bias = step.bias,
                        .activation = step.activation,
                        .gate = step.gate};
  out.flops = op.flops != nullptr ? op.flops(request) : elements(request.output);
  out.bytes = op.bytes != nullptr ? op.bytes(request) : bytes(request);
  return out;
}

}  // namespace

std::vector<PlanLine> describe(const Graph& graph, const Plan& plan) {
  std::vector<PlanLine> lines;
  for (const Stage& stage : plan.stages) {
    for (const Step& step : stage.tiled) {
      const bool sums = std::ranges::find(stage.summed, step.node) != stage.summed.end();
      lines.push_back(line(graph, plan, step, sums ? "lanes" : "tile"));
    }
    for (const std::vector<Step>& steps : stage.whole) {
      for (const Step& step : steps) lines.push_back(line(graph, plan, step, "whole"));
    }
  }
  for (const std::vector<Step>& steps : plan.updates) {
    for (const Step& step : steps) lines.push_back(line(graph, plan, step, "update"));
  }
  return lines;
}

}  // namespace gradus

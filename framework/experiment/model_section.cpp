#include <fmt/format.h>

#include <map>
#include <string>

#include "framework/experiment/human.h"
#include "framework/experiment/model_drawing.h"
#include "framework/experiment/report_sections.h"
#include "framework/graph/graph.h"
#include "framework/train/trace.h"

namespace gradus::experiment {
namespace {

/// The nodes that a value needs, other than parameters.
std::vector<int> needed(const Value& value) {
  const Graph& graph = value.graph();
  std::vector<bool> needs(static_cast<std::size_t>(graph.size()));
  needs[static_cast<std::size_t>(value.index())] = true;
  for (int i = value.index(); i >= 0; --i) {
    if (!needs[static_cast<std::size_t>(i)]) continue;
    for (const int input : graph.node(i).inputs) needs[static_cast<std::size_t>(input)] = true;
  }
  std::vector<int> out;
  for (int i = 0; i < graph.size(); ++i) {
    if (needs[static_cast<std::size_t>(i)] && graph.tensor(i) == nullptr) out.push_back(i);
  }
  return out;
}

Json places_json(const std::vector<Drawing::Place>& places) {
  Json out = Json::list();
  for (const auto& [column, row] : places) out.push_back(Json::list({column, row}));
  return out;
}

ReportTable parameters_table(const Model& model) {
  ReportTable out{
      .title = "Parameters", .columns = {"name", "shape", "numbers"}, .rows = {}, .words = 2};
  for (const auto& [path, parameter] : model.parameters()) {
    out.rows.push_back({path, parameter->value.extents().text(),
                        human_count(parameter->value.extents().elements())});
  }
  return out;
}

}  // namespace

ReportSection model_section(const ExperimentModel& model) {
  Graph graph;
  const Trace traced = trace(graph, *model.model, *model.task, model.columns, false);
  ReportChart chart{.kind = "graph",
                    .title = "The graph of a prediction",
                    .description = {},
                    .columns = {"node", "op", "module", "shape", "takes"},
                    .wide = true};
  const std::vector<int> nodes = needed(traced.predictions);
  std::map<int, int> numbers;
  std::vector<std::vector<int>> inputs;
  for (const int index : nodes) {
    const Node& node = graph.node(index);
    const bool column = node.op == &kInput;
    std::string takes;
    auto& own = inputs.emplace_back();
    for (const int input : node.inputs) {
      const auto known = numbers.find(input);
      takes += takes.empty() ? "" : ", ";
      takes +=
          known == numbers.end() ? graph.node(input).scope : fmt::format("{}", known->second + 1);
      if (known != numbers.end()) own.push_back(known->second);
    }
    const auto number = static_cast<int>(numbers.size());
    numbers[index] = number;
    chart.rows.push_back(Json::list({number + 1, column ? node.scope : std::string(node.op->name),
                                     column ? "column" : node.scope, node.shape.text(), takes}));
  }
  const Drawing drawing = draw_graph(inputs);
  Json edges = Json::list();
  for (const auto& edge : drawing.edges) edges.push_back(places_json(edge));
  chart.more = {{"places", places_json(drawing.nodes)}, {"edges", std::move(edges)}};
  chart.description = fmt::format(
      "{} nodes, from the columns at the top to the prediction at the bottom. Ops say their name, "
      "module and the shape of what they give.",
      nodes.size());
  return {
      .id = "model",
      .title = "Model",
      .text = {fmt::format("{} numbers are learnt.", human_count(parameter_count(*model.model)))},
      .blocks = {chart.json(), parameters_table(*model.model).json()}};
}

}  // namespace gradus::experiment

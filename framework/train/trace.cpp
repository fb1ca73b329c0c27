#include "framework/train/trace.h"

#include "framework/ops/add.h"

namespace gradus {

Trace trace(Graph& graph, const Model& model, const Task& task,
            const std::vector<InputColumn>& columns, bool weighted, bool training) {
  Trace t;
  std::map<std::string, Value, std::less<>> features;
  for (const InputColumn& column : columns) {
    t.columns.push_back({column.name, graph.input(column.name, {kBatch}, column.type())});
    features[column.name] = t.columns.back().value;
    if (column.in_order) graph.expect_order(t.columns.back().value);
  }
  t.labels = graph.input("label", {kBatch, 1});
  if (weighted) t.weights = graph.input("weight", {kBatch, 1});
  if (training) t.random_key = graph.input("random_key", {3}, DataType::int32);
  const Value outputs = model.forward(Features(std::move(features), t.random_key));
  if (!(outputs.shape() == Shape{kBatch, 1})) {
    fail("model: forward must give [batch, 1], not {}", outputs.shape().text());
  }
  t.predictions = task.predictions(outputs);
  t.loss = task.loss(outputs, t.labels, t.weights);
  t.regularization_loss = regularization_loss(model, graph);
  t.total_loss = t.regularization_loss ? t.loss + t.regularization_loss : t.loss;
  return t;
}

PredictionTrace trace_prediction(Graph& graph, const Model& model, const Task& task,
                                 const std::vector<InputColumn>& columns) {
  std::map<std::string, Value, std::less<>> features;
  for (const InputColumn& column : columns) {
    features[column.name] = graph.input(column.name, {kBatch}, column.type());
  }
  PredictionTrace out;
  out.value = task.predictions(model.forward(Features(features)));
  const std::vector<bool> read = read_by(out.value);
  for (const InputColumn& column : columns) {
    const Value input = features[column.name];
    if (!read[static_cast<std::size_t>(input.index())]) continue;
    out.columns.push_back(column);
    out.inputs.push_back(input);
  }
  return out;
}

}  // namespace gradus

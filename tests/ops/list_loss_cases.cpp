#include "tests/ops/list_loss_cases.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/ops/embedding.h"
#include "framework/ops/reshape.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

constexpr std::int32_t kLabels = 5;

Tensor matrix(const std::vector<std::vector<float>>& rows) {
  std::vector<float> values;
  for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  return {{static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows[0].size())},
          std::span<const float>(values)};
}

double value_of(ListLoss loss, const std::vector<Tensor>& inputs) {
  return static_cast<double>(
      evaluate([loss](const Values& x) { return loss(x[0], x[1], x.size() > 2 ? x[2] : Value()); },
               inputs)[0]);
}

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

void check_list_loss(const std::string& op, ListLoss loss) {
  const json reference =
      json::parse(read_file(source_folder() / "tests/golden/ranking_losses.json"));
  int padded = 0;
  for (const json& expected : reference.at("cases")) {
    CAPTURE(expected.at("name").get<std::string>());
    using Rows = std::vector<std::vector<float>>;
    auto scores = expected.at("scores").get<Rows>();
    auto labels = expected.at("labels").get<Rows>();
    const double value = expected.at("values").at(op);
    const double allowed = 1e-6 * std::max(1.0, std::abs(value));
    if (!expected.contains("weights")) {
      CHECK(std::abs(value_of(loss, {matrix(scores), matrix(labels)}) - value) <= allowed);
      continue;
    }
    const auto weights = expected.at("weights").get<Rows>();
    CHECK(std::abs(value_of(loss, {matrix(scores), matrix(labels), matrix(weights)}) - value) <=
          allowed);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      for (std::size_t j = 0; j < weights[i].size(); ++j) {
        if (weights[i][j] != 0) continue;
        ++padded;
        scores[i][j] = 50;
        labels[i][j] = 3;
      }
    }
    CHECK(std::abs(value_of(loss, {matrix(scores), matrix(labels), matrix(weights)}) - value) <=
          allowed);
  }
  CHECK(padded > 10);
}

void check_takes_lists(const std::string& op, ListLoss loss) {
  Graph graph;
  const Value lists = graph.input("lists", {kBatch, 3});
  const Value other = graph.input("other", {kBatch, 1});
  const Value vector = graph.input("vector", {kBatch});
  const auto text = [&](const Value& scores, const Value& labels, const Value& weights) {
    try {
      loss({scores}, {labels}, weights);
    } catch (const Error& error) {
      return std::string(error.what()).substr(0, std::string(error.what()).rfind(" ("));
    }
    return std::string("nothing was thrown");
  };
  const std::string differ = op + ": shapes [batch, 3] and [batch, 1] must be the same";
  CHECK(text(lists, other, {}) == differ);
  CHECK(text(lists, lists, other) == differ);
  CHECK(text(vector, vector, {}) == op + ": scores must be [batch, list], not [batch]");
}

}  // namespace gradus::tests

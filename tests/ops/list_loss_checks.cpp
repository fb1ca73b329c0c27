#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/ops/evaluate.h"
#include "tests/ops/list_loss_cases.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

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

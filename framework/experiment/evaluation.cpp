#include "framework/experiment/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "framework/experiment/human.h"
#include "framework/train/baselines.h"
#include "framework/train/trainer.h"

namespace gradus::experiment {
namespace {

template <class T>
std::vector<T> at_rows(std::span<const T> values, const std::vector<std::int32_t>& rows) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(rows.size());
  for (const std::int32_t row : rows) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

std::vector<std::pair<std::string, Figures>> evaluate_baselines(const Task& task,
                                                                const Encoded& data,
                                                                const Split& split) {
  std::vector<std::pair<std::string, Figures>> out;
  if (split.train.empty()) return out;
  const std::vector<float> labels = at_rows(data.labels(), split.test);
  const std::vector<float> weights = at_rows(data.weights(), split.test);
  const std::vector<std::int32_t> groups = at_rows(data.groups(), split.test);
  for (const Baseline& baseline : baselines(data, split)) {
    Metrics metrics = task.make_metrics();
    metrics.update({.predictions = baseline.predictions,
                    .labels = labels,
                    .weights = weights,
                    .groups = groups});
    out.emplace_back(baseline.name, metrics.results());
  }
  return out;
}

std::optional<OrderCorrelation> evaluate_order(const ExperimentModel& model) {
  const auto* user = model.vocabularies.user();
  const auto* item = model.vocabularies.item();
  if (!user || !item || user->vocabulary.size() == 0 || item->vocabulary.size() == 0) return {};
  const Predictor predictor(*model.model, *model.task, model.columns);
  const auto score = [&](std::int32_t id, std::span<const std::int32_t> items) {
    const std::vector<std::int32_t> users(items.size(), id);
    return score_pairs(model, predictor, users, items);
  };
  return order_correlation(user->vocabulary, item->vocabulary, score);
}

Json object_of(const Figures& figures) {
  Json out = Json::object();
  for (const auto& [name, value] : figures) out[name] = value;
  return out;
}

std::int64_t rows_of(const Evaluation& evaluation) {
  return static_cast<std::int64_t>(evaluation.predictions.size());
}

Json json_of(const Evaluation& evaluation) {
  Json out = object_of(evaluation.metrics);
  out["loss"] = evaluation.losses.loss;
  out["regularization_loss"] = evaluation.losses.regularization_loss;
  out["total_loss"] = evaluation.losses.total_loss;
  out["last_batch_loss"] = evaluation.last_batch_loss;
  out["rows"] = rows_of(evaluation);
  return out;
}

}  // namespace

Evaluation evaluate_rows(const ExperimentModel& model, const Encoded& data,
                         const std::vector<std::int32_t>& rows,
                         const std::function<void()>& between) {
  const std::int64_t batch = std::min<std::int64_t>(model.config.data.evaluation_batch_size,
                                                    static_cast<std::int64_t>(rows.size()));
  Evaluator evaluator(*model.model, *model.task, input_columns(data), !data.weights().empty(),
                      batch);
  return evaluator.run(data, Batches(rows, batch), between);
}

TestResult evaluate_model(const ExperimentModel& model, const Encoded& data, const Split& split,
                          const std::function<void()>& between) {
  TestResult out;
  out.evaluation = evaluate_rows(model, data, split.test, between);
  out.baselines = evaluate_baselines(*model.task, data, split);
  out.prediction_standard_deviation = standard_deviation(out.evaluation.predictions);
  out.order = evaluate_order(model);
  if (!split.validation.empty()) {
    out.validation = evaluate_rows(model, data, split.validation, between);
  }
  return out;
}

Json TestResult::json() const {
  Json beside = Json::object();
  for (const auto& [name, figures] : baselines) beside[name] = object_of(figures);
  Json spread = Json::object({{"prediction_standard_deviation", prediction_standard_deviation}});
  if (order) {
    spread["order_correlation"] = order->correlation;
    spread["users"] = order->users;
    spread["items"] = order->items;
  }
  Json out = Json::object({{"test", json_of(evaluation)}});
  if (validation) out["validation"] = json_of(*validation);
  out["baselines"] = std::move(beside);
  out["spread"] = std::move(spread);
  return out;
}

std::string TestResult::text() const {
  std::string out =
      fmt::format("{:<26}{:>12}", human_count(rows_of(evaluation)) + " test rows", "model");
  for (const auto& [name, figures] : baselines) out += fmt::format("  {:>14}", name);
  out += '\n';
  for (std::size_t i = 0; i < evaluation.metrics.size(); ++i) {
    const auto& [name, value] = evaluation.metrics[i];
    out += fmt::format("{:<26}{:>12}", name, human_figure(value));
    for (const auto& [baseline, figures] : baselines) {
      out += fmt::format("  {:>14}", human_figure(figures[i].second));
    }
    out += '\n';
  }
  out += fmt::format("{:<26}{:>12.4f}\n", "loss", evaluation.losses.loss);
  if (evaluation.losses.regularization_loss != 0) {
    out += fmt::format("{:<26}{:>12.4f}\n", "total_loss", evaluation.losses.total_loss);
  }
  if (validation) {
    out += fmt::format("{} validation rows:", human_count(rows_of(*validation)));
    for (const auto& [name, value] : validation->metrics) {
      out += fmt::format(" {} {},", name, human_figure(value));
    }
    out += fmt::format(" loss {:.4f}\n", validation->losses.loss);
  }
  out += fmt::format("predictions: standard deviation {:.4f}", prediction_standard_deviation);
  if (order) {
    return out + fmt::format(
                     ", order correlation {:.4f} over {} users and {} items (1: everybody gets the "
                     "same list)\n",
                     order->correlation, human_count(order->users), human_count(order->items));
  }
  return out + "\nno user and item column: no damped biases and no order correlation\n";
}

}  // namespace gradus::experiment

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/experiment/experiment_model.h"
#include "framework/experiment/json.h"
#include "framework/train/evaluator.h"
#include "framework/train/spread.h"

namespace gradus::experiment {

/// What a model does on the test rows, beside trivial predictions of the same rows, and beside two
/// figures that show a model which learnt nothing; and what it does on the validation rows.
struct TestResult {
  Evaluation evaluation;
  std::vector<std::pair<std::string, Figures>> baselines;  ///< none without training rows
  double prediction_standard_deviation = 0;
  std::optional<OrderCorrelation> order;  ///< none without a user and an item column
  std::optional<Evaluation> validation;   ///< none without such rows

  /// An object of "test", "validation" where there is any, "baselines" and "spread", as in
  /// `result.json`.
  Json json() const;
  /// The same as a table for people.
  std::string text() const;
};

/// Evaluates the model on some rows. Calls `between`, where given, after each batch.
Evaluation evaluate_rows(const ExperimentModel& model, const Encoded& data,
                         const std::vector<std::int32_t>& rows,
                         const std::function<void()>& between = {});

/// Evaluates the model on `split.test` and `split.validation` of `data`, and the baselines, which
/// learn from `split.train`, on `split.test`. Calls `between`, where given, after each of the
/// model's batches.
TestResult evaluate_model(const ExperimentModel& model, const Encoded& data, const Split& split,
                          const std::function<void()>& between = {});

}  // namespace gradus::experiment

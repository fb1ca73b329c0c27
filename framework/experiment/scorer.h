#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/experiment/catalogues.h"
#include "framework/experiment/experiment_model.h"

namespace gradus::experiment {

/// A trained model, loaded from its run directory, that scores raw strings; the data are not
/// needed. Several threads may use one at once.
class Scorer {
 public:
  /// Throws Error where `run` is no finished run directory, or `models` lacks its model.
  Scorer(const std::filesystem::path& run, const ModelCatalogue& models);

  /// The user's scores for the items, in their order. Strings that the model has never seen get the
  /// scores of unknown ones; so do all id columns that are neither user nor item, and number
  /// columns are 0. Throws Error where the run has no user and no item column.
  std::vector<float> score(std::string_view user, std::span<const std::string_view> items) const;

  /// The values of each column, by row -> predictions [rows], the columns as in `model().columns`.
  /// A row's prediction has the same bits whatever is predicted beside it.
  std::vector<float> predict(std::span<const ColumnValues> values, std::size_t rows) const;

  const ExperimentModel& model() const { return model_; }

 private:
  ExperimentModel model_;
  Predictor predictor_;
};

}  // namespace gradus::experiment

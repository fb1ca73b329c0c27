#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/data/encoded.h"
#include "framework/data/split.h"
#include "framework/data/table.h"
#include "framework/data/vocabulary.h"
#include "framework/experiment/config.h"
#include "framework/nn/model.h"
#include "framework/train/predictor.h"
#include "framework/train/task.h"

namespace gradus::experiment {

/// An experiment's model with all that it takes to feed it raw strings.
struct ExperimentModel {
  Config config;
  Vocabularies vocabularies;  ///< of all id columns, and all number columns
  std::string label;          ///< the column that is learnt
  std::string weight;         ///< the column of sample weights, "" for none
  std::string group;          ///< the column whose groups metrics compare, "" where none does
  std::unique_ptr<Task> task;
  std::unique_ptr<Model> model;
  std::vector<InputColumn> columns;  ///< that the model reads

  /// The table as the model reads it: its columns and, where the table has them, the user's and the
  /// item's; with the label unless `labels` is false. Throws Error where the table lacks a column
  /// or has a label that the task does not allow.
  Encoded encode(const Table& table, bool labels = true) const;
};

/// All rows of the experiment's data.
Table read_table(const Config& config);

/// The rows of another CSV file: the columns that the model reads and, for `labels`, label and
/// weight. Throws Error as CsvSource does.
Table read_csv(const ExperimentModel& model, const std::string& file, bool labels);

/// The character between columns of the run's own CSV file; a comma where it has none.
std::string csv_delimiter(const ExperimentModel& model);

/// Which of the experiment's rows are for training and which for the test.
Split split_rows(const Config& config, const Table& table);

/// The model for these data, with its initial values: `model.initial_weights`, or drawn by `seed`.
/// Throws Error (exit code 2) with the pointer of what does not fit.
ExperimentModel make_model(const Config& config, const Table& table, Vocabularies vocabularies);
/// The same with the vocabularies that `data.vocabulary` says.
ExperimentModel make_model(const Config& config, const Table& table, const Split& split);

/// Throws Error (exit code 2) where early stopping or the reduction of learning rates has nothing
/// to watch, or the optimizer of some parameters none to move.
void check_training(const ExperimentModel& model, const Split& split);

/// Predictions for pairs of a user and an item, by their ids; other id columns are out of
/// vocabulary, number columns 0. Throws Error where the model has no user and no item column.
std::vector<float> score_pairs(const ExperimentModel& model, const Predictor& predictor,
                               std::span<const std::int32_t> users,
                               std::span<const std::int32_t> items);

/// Writes `model.safetensors` (parameters alone) and `model.json` (config and vocabularies) into a
/// run directory.
void save_model(const ExperimentModel& model, const std::filesystem::path& run);

/// The model of a run directory. Throws Error where that is none, is not finished, was written by a
/// newer Gradus, or names a model that `catalogues` lacks.
ExperimentModel load_model(const std::filesystem::path& run, const Catalogues& catalogues);

}  // namespace gradus::experiment

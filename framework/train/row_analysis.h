#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/train/statistics.h"

namespace gradus {

/// Rows of like predictions: what was predicted for them, and what was true.
struct CalibrationBin {
  double prediction = 0;  ///< the mean
  Summary label;          ///< with the 95% interval of its mean
};

/// The rows in the order of their predictions, cut into at most `bins` of equally many; rows of one
/// prediction stay together. Throws Error where the lengths differ or a number is not finite.
std::vector<CalibrationBin> calibration_bins(std::span<const float> predictions,
                                             std::span<const float> labels, int bins = 10);

/// Rows of one label, or of labels near each other, and what was predicted for them.
struct LabelGroup {
  double low = 0;                  ///< of its labels; equal where there is one
  double high = 0;                 ///< the largest
  double mean = 0;                 ///< of its labels
  std::vector<float> predictions;  ///< ascending
};

/// Each label where there are at most 20; else 12 intervals as wide as each other, without those
/// that have no rows. Ascending. Throws Error as `calibration_bins` does.
std::vector<LabelGroup> label_groups(std::span<const float> predictions,
                                     std::span<const float> labels);

/// The value below which this share of ascending numbers lies, between two of them in proportion
/// (as NumPy's default). Throws Error where there are none.
double quantile(std::span<const float> ascending, double share);

/// Test rows whose users, or items, have about as many training rows.
struct FrequencyBand {
  std::int64_t least = 0;      ///< training rows: from 0, 1, 2, 5, 10, 20, 50, …
  std::int64_t most = 0;       ///< to just below the next of these
  std::int64_t ids = 0;        ///< different users or items
  std::int64_t rows = 0;       ///< test rows
  std::vector<double> errors;  ///< root mean squared error of each prediction of the same rows
};

/// Test rows as predicted by a model and by others beside it.
struct PredictedRows {
  std::span<const float> labels;                    ///< what is true
  std::vector<std::span<const float>> predictions;  ///< each as long
};

/// The bands that have rows, ascending. `ids` has the user or item of each training row, and of
/// each test row.
std::vector<FrequencyBand> errors_by_frequency(std::span<const std::int32_t> train_ids,
                                               std::span<const std::int32_t> test_ids,
                                               const PredictedRows& test);

/// "0", "1", "2 to 4".
std::string band_name(const FrequencyBand& band);

}  // namespace gradus

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/tensor.h"
#include "framework/data/encoded.h"
#include "framework/train/input_column.h"
#include "framework/train/metric.h"

namespace gradus {

/// Buffers for the values of one batch of rows, filled again and again.
class Batch {
 public:
  /// For up to `capacity` rows of the columns, labels, weights and groups of `data`.
  Batch(const Encoded& data, const std::vector<InputColumn>& columns, std::int64_t capacity);

  /// Copies the values of these rows in; allocates nothing.
  void fill(std::span<const std::int32_t> rows);

  std::int64_t rows() const { return rows_; }   ///< of the last `fill`
  View column(std::size_t index) const;         ///< [rows], int32 ids or float32 numbers
  View labels() const;                          ///< [rows, 1]
  View weights() const;                         ///< [rows, 1]
  std::span<const float> label_values() const;  ///< by row
  /// Empty where the data has no weights.
  std::span<const float> weight_values() const;
  /// What metrics see of these rows, for which a model predicts that.
  MetricRows metric_rows(std::span<const float> predictions) const;

 private:
  const Encoded& data_;
  std::vector<InputColumn> columns_;
  std::vector<Tensor> values_;  // by column
  Tensor labels_;
  Tensor weights_;
  std::vector<std::int32_t> groups_;
  std::int64_t rows_ = 0;
};

}  // namespace gradus

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "framework/core/tensor.h"
#include "framework/data/encoded.h"

namespace gradus {

/// Buffers for the values of one batch of rows, filled again and again.
class Batch {
 public:
  /// For up to `capacity` rows of the columns, labels and weights of `data`.
  Batch(const Encoded& data, const std::vector<std::string>& columns, std::int64_t capacity);

  /// Copies the values of these rows in; allocates nothing.
  void fill(std::span<const std::int32_t> rows);

  std::int64_t rows() const { return rows_; }
  View ids(std::size_t column) const;  // [rows]
  View labels() const;                 // [rows, 1]
  View weights() const;                // [rows, 1]
  std::span<const float> label_values() const;
  /// Empty where the data has no weights.
  std::span<const float> weight_values() const;

 private:
  const Encoded& data_;
  std::vector<std::string> columns_;
  std::vector<Tensor> ids_;
  Tensor labels_;
  Tensor weights_;
  std::int64_t rows_ = 0;
};

}  // namespace gradus

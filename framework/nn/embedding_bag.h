#pragma once

#include <string>

#include "framework/nn/embedding.h"

namespace gradus {

/// The vectors of a row's ids combined into one: their weighted sum; that divided by the sum of the
/// weights ("mean"), or by the root of the sum of their squares ("sqrtn"). As TensorFlow's
/// safe_embedding_lookup_sparse. Parameter: "weight" [rows, dimension].
///
/// Rows of different lengths have as many places as the longest. What fills a shorter one up is any
/// row of the table with a weight of 0: `bag(ids, padding_mask(ids))` leaves out all ids 0. A row
/// of nothing else gives zeros.
class EmbeddingBag : public Module {
 public:
  /// Throws Error for a combiner other than sum, mean and sqrtn.
  EmbeddingBag(std::int64_t rows, std::int64_t dimension, const std::string& combiner = "mean",
               double l2 = 0.0, Initializer initializer = uniform(0.05));

  /// ids [batch, places] and their weights, of the same shape, 0 or above; without weights, all
  /// places count as 1 -> [batch, dimension].
  Value operator()(Operand ids, Value weights = {}) const;

 private:
  enum class Combiner : std::uint8_t { sum, mean, sqrtn };

  Parameter& weight_;
  Combiner combiner_;
};

}  // namespace gradus

#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// A table of vectors looked up by id, with weight [rows, dimension]: Keras' Embedding. Row 0 is
/// for ids out of the vocabulary.
class Embedding : public Module {
 public:
  /// `l2` regularises the whole table, so that each step costs in proportion to it.
  Embedding(std::int64_t rows, std::int64_t dimension, double l2 = 0.0,
            Initializer initializer = uniform(0.05));

  /// ids [batch, ..] -> [batch, .., dimension].
  Value operator()(Operand ids) const;

 private:
  Parameter& weight_;
};

}  // namespace gradus

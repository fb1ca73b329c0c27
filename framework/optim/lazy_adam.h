#pragma once

#include "framework/optim/adam.h"

namespace gradus {

/// Adam for tables of which a batch sees few rows: those that it does not look up stay, and so do
/// their means; a weight decay is of the rows looked up, too. A looked-up row is corrected by the
/// step of the whole training, as if it had been looked up in each. As TensorFlow Addons' LazyAdam.
class LazyAdam : public Adam {
 public:
  explicit LazyAdam(const Options& options) : Adam(options) {}

  bool moves_every_row() const override { return false; }
};

}  // namespace gradus

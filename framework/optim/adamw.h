#pragma once

#include "framework/optim/adam.h"

namespace gradus {

/// Adam with a weight decay, 0.004 unless another is given. All rows of a table move. As Keras 2's
/// AdamW (Loshchilov and Hutter, 2019).
class AdamW : public Adam {
 public:
  struct Options : Adam::Options {
    Options() { weight_decay = 0.004; }
  };
  explicit AdamW(const Options& options) : Adam(options) {}
};

}  // namespace gradus

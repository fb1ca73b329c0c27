#pragma once

#include <vector>

#include "framework/core/options.h"
#include "framework/graph/differentiate.h"
#include "framework/graph/graph.h"

namespace gradus {

/// How large gradients may be: at most one of three limits, 0 being none. As Keras 2's `clipvalue`,
/// `clipnorm` and `global_clipnorm` (Pascanu et al., 2013).
struct Clipping {
  double clip_value = 0.0;
  double clip_norm = 0.0;
  double global_clip_norm = 0.0;

  /// Throws Error for more than one limit.
  void check() const;

  template <class Visitor>
  void fields(Visitor& v) {
    v("clip_value", clip_value, at_least(0),
      "each number of a gradient is kept within plus and minus this; 0: not so");
    v("clip_norm", clip_norm, at_least(0),
      "each parameter's gradient is shrunk to this norm where it is longer; 0: not so");
    v("global_clip_norm", global_clip_norm, at_least(0),
      "all gradients together are shrunk to this norm where they are longer; 0: not so");
  }
};

/// The gradients of `parameters` with their limit: each number g becomes min(max(g, -c), c), or
/// each gradient, by the norm n of its own numbers or of those of all, g * c / max(n, c). The rows
/// of a table are limited before repeated ones are summed, in norms too, as Keras does; rows that
/// meet a dense gradient of the same table become dense first. Throws Error for more than one
/// limit.
Gradients clip(const Clipping& clipping, const std::vector<Value>& parameters, Gradients gradients);

}  // namespace gradus

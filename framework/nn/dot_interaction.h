#pragma once

#include "framework/nn/module.h"

namespace gradus {

/// The dot products of all pairs of an example's vectors, each pair once and no vector with itself:
/// that of vectors (1, 0), (2, 0), (2, 1), … As TFRS' DotInteraction with `skip_gather` off.
class DotInteraction : public Module {
 public:
  /// Vectors [batch, dimension] -> [batch, vectors * (vectors - 1) / 2]. Throws Error where there
  /// is none, or shapes differ.
  Value operator()(const std::vector<Value>& vectors,
                   Where where = {__builtin_FILE(), __builtin_LINE()}) const;
};

}  // namespace gradus

#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// What the outputs' computation reads that depends on parameters alone, and neither is one nor
/// grows with the batch: an executor that is given it need not compute it for each batch.
std::vector<Value> constants(const std::vector<Value>& outputs);

}  // namespace gradus

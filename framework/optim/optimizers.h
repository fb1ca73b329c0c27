#pragma once

#include "framework/optim/optimizer.h"

namespace gradus {

/// All optimisers, by the `kind` that a config names.
const std::vector<OptimizerKind>& optimizers();

}  // namespace gradus

#pragma once

#include <functional>

#include "framework/core/random.h"
#include "framework/core/tensor.h"

namespace gradus {

/// Fills a new parameter; an element follows from the random key, its row and its column alone.
using Initializer = std::function<void(const Tensor& parameter, const Random& random)>;

/// All zeros: Keras' default for biases.
Initializer zeros();

/// Uniform in [-limit, limit): Keras' default for embeddings has a limit of 0.05.
Initializer uniform(double limit);

/// Uniform in ±sqrt(6 / (fan in + fan out)) for weights [in, out]: Keras' default for Dense (Glorot
/// and Bengio, 2010).
Initializer glorot_uniform();

}  // namespace gradus

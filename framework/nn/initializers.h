#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "framework/core/random.h"
#include "framework/core/tensor.h"

namespace gradus {

/// Fills a new parameter; an element follows from the random key, its row and its column alone.
using Initializer = std::function<void(const Tensor& parameter, const Random& random)>;

/// Keras' initialiser of that name, with its defaults: zeros, ones, random_uniform (±0.05),
/// random_normal and truncated_normal (deviation 0.05), glorot_uniform, glorot_normal, he_uniform,
/// he_normal, lecun_uniform, lecun_normal, orthogonal, identity. Throws Error for another name.
Initializer initializer(std::string_view name);

/// All zeros: Keras' default for biases.
Initializer zeros();
/// All ones: Keras' default for the scale of normalisations.
Initializer ones();
/// All `value`.
Initializer constant(double value);

/// Uniform in [-limit, limit): Keras' default for embeddings has a limit of 0.05.
Initializer uniform(double limit);
/// Normal around 0.
Initializer normal(double deviation);
/// The same, drawn again while it is further than twice the deviation from 0.
Initializer truncated_normal(double deviation);

/// What n is.
enum class Fan : std::uint8_t { in, out, average };
/// How numbers spread.
enum class Distribution : std::uint8_t { uniform, truncated_normal };

/// Of variance factor / n, where weights [in, out] have n = in, out, or their mean, and others have
/// as many ins as outs: those of a vector are its elements. Uniform in ±sqrt(3 * factor / n), or
/// truncated normal. Keras' VarianceScaling.
Initializer variance_scaling(double factor, Fan fan, Distribution distribution);
/// variance_scaling(1, average, uniform): Keras' default for Dense (Glorot and Bengio, 2010).
Initializer glorot_uniform();

/// Rows or columns, whichever are fewer, that are orthogonal and of length 1: of normal numbers,
/// by Gram and Schmidt (Saxe et al., 2014). Throws Error where filling other than a matrix.
Initializer orthogonal();
/// 1 on the diagonal, else 0. Throws Error where filling other than a matrix.
Initializer identity();

}  // namespace gradus

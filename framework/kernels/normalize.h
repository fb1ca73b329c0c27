#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y = (x - mean) / sqrt(variance + epsilon), with mean and (biased) variance along an axis of x.
void standardize(const View& x, int axis, double epsilon, const View& y);

/// dx = (dy - mean(dy) - y * mean(dy * y)) / sqrt(variance + epsilon), with y as `standardize`
/// makes it of x, and the means along the axis.
void standardize_gradient(const View& dy, const View& x, int axis, double epsilon, const View& dx);

/// y[0, :] = the means of x's columns, y[1, :] their (biased) variances; x [rows, n], y [2, n].
void moments(const View& x, const View& y);

/// dx = (u[0, :] + 2 * u[1, :] * (x - moments[0, :])) / rows; u and moments [2, n].
void moments_gradient(const View& u, const View& x, const View& moments, std::int64_t rows,
                      const View& dx);

/// y = (x - mean) * factor + shift; x [rows, n], all others [n].
void shift_and_scale(const View& x, const View& mean, const View& factor, const View& shift,
                     const View& y);

/// y[0, :] = the sums of dy's columns, y[1, :] those of dy * (x - mean); y += … where `accumulate`.
void centred_sums(const View& dy, const View& x, const View& mean, const View& y, bool accumulate);

}  // namespace gradus::kernels

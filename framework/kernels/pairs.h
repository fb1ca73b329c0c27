#pragma once

#include "framework/core/tensor.h"

namespace gradus::kernels {

/// y[b, i * (i - 1) / 2 + j] = z[b, i, :] · z[b, j, :] for all i > j; z is [rows, vectors,
/// dimension], y [rows, vectors * (vectors - 1) / 2].
void pair_dots(const View& z, const View& y);

/// y[b, i, :] = the sum over j other than i of s[b, pair of i and j] * z[b, j, :]; z and y are
/// [rows, vectors, dimension], s [rows, vectors * (vectors - 1) / 2] as pair_dots orders it.
void mix_pairs(const View& s, const View& z, const View& y);

}  // namespace gradus::kernels

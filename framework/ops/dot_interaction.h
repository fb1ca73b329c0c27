#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The dot products of all pairs of an example's vectors: z [batch, vectors, dimension] ->
/// [batch, vectors * (vectors - 1) / 2], z_i · z_j for i > j, in the order (1, 0), (2, 0), (2, 1),
/// … of the strictly lower triangle, row by row.  dz_i = the sum over j of dy_ij * z_j. The feature
/// interaction of DLRM (Naumov et al., 2019, arXiv:1906.00091), without a vector's product with
/// itself. Throws Error where z has not three axes, the first that of the rows.
Value dot_interaction(Operand z);

}  // namespace gradus

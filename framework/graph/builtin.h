#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

// The ops that differentiate itself needs; all others are in ops/.

/// A value of `shape` whose elements are all `value`.
Value constant(Graph& graph, const Shape& shape, double value);

/// The sum of values of one shape, elementwise: gradients that meet.
Value accumulate(const std::vector<Value>& values);

/// The dense gradient [rows, dimension] of a table: zeros, plus rows[i, :] at ids[i] in order of i.
/// Its own gradient looks the rows up again.
Value scatter_rows(const RowGradient& gradient, const Shape& table);

/// The bytes of an op that looks rows of tables up by its inputs of ids: of a table only as many
/// rows as there are ids.
double lookup_bytes(const Request& request);

}  // namespace gradus

#pragma once

#include <vector>

#include "framework/graph/graph.h"
#include "framework/kernels/rows.h"

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

/// Throws an Error that names the table and the row of the batch of an id that `call` looked up;
/// its inputs are tables, then as many ids from input `ids` on.
[[noreturn]] void refuse_id(const Call& call, std::size_t ids, const kernels::UnknownRow& unknown);

/// Runs `body`, which looks up rows for `call`. Throws Error for an id beyond its table, as above.
template <class Body>
void look_up(const Call& call, std::size_t ids, const Body& body) {
  try {
    body();
  } catch (const kernels::UnknownRow& unknown) {
    refuse_id(call, ids, unknown);
  }
}

}  // namespace gradus

#pragma once

#include "framework/graph/graph.h"

namespace gradus {

/// The rows of `table` [rows, dimension] that `ids` [..] (int32) name -> [.., dimension].
/// The gradient of the table is rows (RowGradient), never a dense table. Running it throws Error
/// for an id that is not a row, naming the table, the id and the row of the batch.
Value embedding(Operand table, Operand ids);

/// Whether a value was made by `embedding`, of the inputs table and ids.
bool is_embedding(Value value);

}  // namespace gradus

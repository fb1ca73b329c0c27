#pragma once

#include <string>

#include "framework/graph/graph.h"

namespace gradus {

/// Rows of `table` [rows, dimension] looked up by `ids` [n] and combined bag by bag -> [bags,
/// dimension]: bag b holds the ids from offsets[b] up to but without offsets[b + 1], `offsets`
/// [bags + 1] (int32, as ids). The combiner is "sum", "mean" or "sqrtn" (the sum over the root of
/// the number); an empty bag gives zeros. The gradient of the table is rows, as of `embedding`. As
/// torch.nn.functional.embedding_bag with include_last_offset. Throws Error for another combiner
/// and for shapes that do not fit; running it throws Error for an id that is not a row, and for
/// offsets that do not rise from 0 to n.
Value embedding_bag(Operand table, Operand ids, Operand offsets,
                    const std::string& combiner = "sum");

}  // namespace gradus

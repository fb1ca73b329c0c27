#pragma once

#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// Rows looked up in several tables, added up: y[..] = sum over k of tables[k][ids[k][..]]; the
/// tables are [rows of k, dimension], all ids of one shape [..] -> [.., dimension]. The gradient of
/// each table is rows, as of `embedding`. Throws Error where there is none, or shapes do not fit;
/// running it throws Error for an id that is not a row, as `embedding` does.
Value embedding_sum(const std::vector<Value>& tables, const std::vector<Value>& ids,
                    Where where = {__builtin_FILE(), __builtin_LINE()});

}  // namespace gradus

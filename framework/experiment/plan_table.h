#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "framework/experiment/json.h"
#include "framework/graph/describe.h"

namespace gradus::experiment {

/// A step of a plan as JSON: {"scope", "op", "shape", "runs", "flops", "bytes"}.
Json json(const PlanLine& line);

/// The cells of a row of a table for people.
using Cells = std::vector<std::string>;

/// The head of a plan's table, and the row of one step.
Cells plan_head();
Cells plan_cells(const PlanLine& line);

/// Rows of equally many cells as text, each column as wide as its widest cell: the first `words`,
/// four of a plan, to the left, numbers to the right. Cells may be empty.
std::string table_text(const std::vector<Cells>& rows, std::size_t words = 4);

}  // namespace gradus::experiment

#include "framework/experiment/plan_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "framework/experiment/human.h"

namespace gradus::experiment {

Json json(const PlanLine& line) {
  return Json::object({{"scope", line.scope},
                       {"op", line.op},
                       {"shape", line.shape},
                       {"runs", line.runs},
                       {"flops", line.flops},
                       {"bytes", line.bytes}});
}

Cells plan_head() { return {"module", "step", "shape", "runs", "FLOPs", "bytes"}; }

Cells plan_cells(const PlanLine& line) {
  return {line.scope.empty() ? "-" : line.scope,
          line.op,
          line.shape,
          line.runs,
          human_prefix(line.flops),
          human_bytes(static_cast<std::int64_t>(line.bytes))};
}

std::string table_text(const std::vector<Cells>& rows, std::size_t words) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(row.size());
    for (std::size_t k = 0; k < row.size(); ++k) widths[k] = std::max(widths[k], row[k].size());
  }
  std::string out;
  for (const Cells& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (k > 0) out += "  ";
      out += k < words ? fmt::format("{:<{}}", row[k], widths[k])
                       : fmt::format("{:>{}}", row[k], widths[k]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

}  // namespace gradus::experiment

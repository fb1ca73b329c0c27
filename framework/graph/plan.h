#pragma once

#include <cstdint>
#include <vector>

#include "framework/graph/memory.h"
#include "framework/graph/steps.h"

namespace gradus {

/// Tiles of rows, each through all of `tiled` and `summed` in the nodes' order; then, once the
/// lanes are added up, steps on the whole batch.
struct Stage {
  /// Both kinds, and parts of steps on the whole batch, in the nodes' order.
  std::vector<Step> tiled;
  std::vector<int> summed;               ///< the nodes among them whose rows are summed in lanes
  std::vector<std::vector<Step>> whole;  ///< those of one list use nothing of each other
};

/// How a graph is executed for one batch size: what runs when, on which rows, and where every
/// value lies. Follows from the graph and the batch alone, never from the machine.
struct Plan {
  std::int64_t batch = 0;      ///< rows
  std::int64_t tile_rows = 0;  ///< of a full tile
  std::int64_t tiles = 0;      ///< how many there are
  std::int64_t lanes = 1;      ///< partial sums over rows, added up as by Lanes

  std::vector<Stage> stages;  ///< one after the other
  /// What changes parameters; runs when asked for. Those of one list change different ones.
  std::vector<std::vector<Step>> updates;

  std::vector<int> holders;  ///< as in Steps
  Memory memory;             ///< where every value lies

  /// Rows of tile `index`.
  std::int64_t rows(std::int64_t index) const;
};

/// Plans the computation of `outputs`, and of `updates` (nodes that change parameters), for a batch
/// of `batch` rows, and prepares all kernels. The elements of `given` nodes come from outside, as
/// those of inputs do.
Plan make_plan(const Graph& graph, const std::vector<int>& outputs, const std::vector<int>& updates,
               const std::vector<int>& given, std::int64_t batch);

}  // namespace gradus

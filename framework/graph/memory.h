#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/graph/order.h"

namespace gradus {

/// Where a node's elements are while a plan runs.
enum class Place : std::uint8_t {
  nowhere,  // not computed, or fused away
  outside,  // an input or a parameter
  whole,    // in the plan's block, for the whole batch
  tile,     // in each worker's block, for one tile of rows
};

/// Where every value lies. Values that are not needed at the same time share memory.
struct Memory {
  std::vector<Place> places;  ///< by node
  /// By node: the one in whose memory its elements lie: itself; what it is a view of; whose rows it
  /// is cut out of or will be joined in. -1 where it is not needed.
  std::vector<int> homes;
  /// By node: elements from one row to the next, where its rows lie in another node's; else 0.
  std::vector<std::int64_t> row_steps;
  std::vector<std::size_t> offsets;       ///< by node, in bytes
  std::vector<std::size_t> lane_offsets;  ///< by node, within a lane
  std::size_t whole_bytes = 0;            ///< of the values of whole batches
  std::size_t tile_bytes = 0;             ///< a worker
  std::size_t lane_bytes = 0;             ///< a lane
};

/// The memory for a batch of `batch` rows, of which `tile_rows` at a time go through it.
Memory lay_out_memory(const Graph& graph, const Order& order, std::int64_t batch,
                      std::int64_t tile_rows);

/// Of a node's elements.
std::size_t bytes_of(const Node& node, std::int64_t batch);

}  // namespace gradus

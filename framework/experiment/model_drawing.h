#pragma once

#include <utility>
#include <vector>

namespace gradus::experiment {

/// Where the nodes of a graph are drawn: (column, row), from (0, 0); columns may be halves.
struct Drawing {
  using Place = std::pair<double, double>;
  std::vector<Place> nodes;
  /// Of each input of each node, in their order: from the input to the node, around what lies
  /// between.
  std::vector<std::vector<Place>> edges;
};

/// Draws each node below its inputs, in rows, with few edges crossing (after Sugiyama, Tagawa and
/// Toda, 1981). `inputs[i]` has the nodes that node i takes, all below i.
Drawing draw_graph(const std::vector<std::vector<int>>& inputs);

}  // namespace gradus::experiment

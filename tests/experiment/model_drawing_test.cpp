#include "framework/experiment/model_drawing.h"

#include <doctest/doctest.h>

#include <set>

namespace gradus::experiment {
namespace {

TEST_CASE("drawing: nodes stand below their inputs, no two at one place, long edges go around") {
  // Two columns; the first is also needed by the last node.
  const std::vector<std::vector<int>> inputs = {{}, {}, {0}, {1}, {2, 3}, {4}, {5, 0}};
  const Drawing drawing = draw_graph(inputs);
  REQUIRE(drawing.nodes.size() == inputs.size());
  std::set<Drawing::Place> places(drawing.nodes.begin(), drawing.nodes.end());
  CHECK(places.size() == inputs.size());
  std::size_t edge = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const int input : inputs[i]) {
      CAPTURE(i);
      const auto& path = drawing.edges[edge++];
      CHECK(path.front() == drawing.nodes[static_cast<std::size_t>(input)]);
      CHECK(path.back() == drawing.nodes[i]);
      for (std::size_t k = 1; k < path.size(); ++k) CHECK(path[k].second == path[k - 1].second + 1);
      for (std::size_t k = 1; k + 1 < path.size(); ++k) CHECK(places.count(path[k]) == 0);
    }
  }
  CHECK(edge == drawing.edges.size());
  CHECK(drawing.edges.back().size() == 5);
}

TEST_CASE("drawing: an input stands just above who needs it first") {
  const Drawing drawing = draw_graph({{}, {0}, {1}, {}, {2, 3}});
  CHECK(drawing.nodes[3].second == 2);
  CHECK(drawing.nodes[4].second == 3);
  CHECK(draw_graph({}).nodes.empty());
}

}  // namespace
}  // namespace gradus::experiment

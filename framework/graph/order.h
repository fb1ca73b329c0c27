#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/graph/steps.h"

namespace gradus {

/// On which rows of the batch a step runs.
enum class StepKind : std::uint8_t {
  none,     // not at all: not needed, or fused away
  outside,  // not at all: an input or a parameter
  tiled,    // on a tile at a time, whose rows it computes
  summed,   // on a tile at a time, whose rows it adds up
  whole,    // on all
  update,   // on all; changes parameters
};

/// A step, and when it runs.
struct OrderedStep {
  Step step;                       ///< its `node` is -1 where there is none
  StepKind kind = StepKind::none;  ///< on which rows
  bool part = false;               ///< on all: whether tiles do a part of it before
  bool kept = false;               ///< whether an output has its elements
  int stage = 0;                   ///< the tiles of one see what earlier ones have finished
  int level = 0;  ///< of a step on all rows: those of its stage that it waits for, in a row

  /// Whether it runs on a tile at a time.
  bool in_tiles() const { return kind == StepKind::tiled || kind == StepKind::summed; }
};

/// Which steps run, in which order, and on which rows.
struct Order {
  std::vector<OrderedStep> steps;  ///< by node
  std::vector<int> holders;        ///< as in Steps
  int stages = 0;                  ///< how many there are

  /// What computes the elements of node i.
  const OrderedStep& source(int i) const {
    return steps[static_cast<std::size_t>(holders[static_cast<std::size_t>(i)])];
  }
  /// How many levels of steps on all rows a stage has.
  int levels(int stage) const;
  /// Has a step that adds up tiles run on all rows instead.
  void run_on_all_rows(OrderedStep& step);
};

/// The order for what make_plan is asked for.
Order find_order(const Graph& graph, const std::vector<int>& outputs,
                 const std::vector<int>& updates, const std::vector<int>& given,
                 std::int64_t batch);

}  // namespace gradus

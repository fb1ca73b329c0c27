#pragma once

#include <array>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// One kernel to run: a node, or a product with the bias and the activation after it.
struct Step {
  static constexpr double kFlopsOfByte = 4;  ///< that take as long as moving one

  int node = -1;                 ///< whose value it computes: the last of a fused chain
  int base = -1;                 ///< the node whose op runs
  std::vector<int> inputs = {};  ///< of the product, then the bias and the gate, if there is one
  bool bias = false;             ///< whether a bias is added
  kernels::Activation activation = kernels::Activation::none;  ///< what is applied then
  bool gate = false;  ///< whether the result is kept only where a gate is positive
  /// For a full tile of rows and for the last, shorter one; steps on the whole batch use the first.
  std::array<Kernel, 2> kernels = {};
  bool part = false;  ///< of a step on all rows: whether Op::run_tile does a part of it before
  double flops = 0;   ///< floating point operations, for the whole batch
  double bytes = 0;   ///< read and written, for the whole batch

  /// How long it takes, in floating point operations.
  double cost() const { return flops + kFlopsOfByte * bytes; }
};

/// What a graph comes down to for given results, before it is known in which order and where.
struct Steps {
  std::vector<Step> steps;    ///< by node; `node` is -1 where none ends there
  std::vector<bool> outside;  ///< by node: its elements are given
  /// By node: the one whose elements it has, itself unless it is a view or cut out of another's
  /// rows; -1 where it is not needed.
  std::vector<int> holders;
  std::vector<bool> kept;  ///< by node: whether an output has its elements
};

/// The steps that `outputs` and `updates` need when the elements of `given` nodes, of inputs and of
/// parameters are there.
Steps find_steps(const Graph& graph, const std::vector<int>& outputs,
                 const std::vector<int>& updates, const std::vector<int>& given);

}  // namespace gradus

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// Runs a graph node after node on the whole batch, every value in a tensor of its own: the
/// reference that the tiled executor is held to, and what finds the node that made a loss infinite.
class PlainExecutor {
 public:
  /// The graph must live as long.
  explicit PlainExecutor(const Graph& graph) : graph_(graph) {}

  /// Gives an input its elements.
  void set(Value input, const Tensor& tensor) { given_[input.index()] = tensor; }

  /// Computes everything that `targets` need, updates of parameters included where they are
  /// targets.
  void run(const std::vector<Value>& targets, std::int64_t batch);

  /// The value of any node that the last run computed.
  const Tensor& value(Value v) const;

  /// The first of the nodes that the last run computed or read with an element that is infinite or
  /// not a number.
  std::optional<Value> first_not_finite() const;

 private:
  const Graph& graph_;
  std::map<int, Tensor> given_;
  std::map<int, Tensor> values_;
};

}  // namespace gradus

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/component.h"
#include "framework/graph/differentiate.h"
#include "framework/graph/graph.h"

namespace gradus {

/// A tensor that an optimiser keeps beside each parameter, of its shape.
struct OptimizerState {
  std::string name;
  float initial = 0.0F;
};

/// How parameters follow their gradients. One element-wise rule serves dense parameters and the
/// rows of a table that a batch looked up, repeated rows summed first.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  virtual double learning_rate() const = 0;
  virtual std::vector<OptimizerState> state() const = 0;
  /// Whether the rule moves elements whose gradient is zero, as Keras' momentum and Adam do: then
  /// the gradient of a table is made dense, and a step costs in proportion to the table.
  virtual bool moves_every_row() const = 0;
  /// The update as an op, made by `update_op`, and its attributes.
  virtual const Op& op() const = 0;
  virtual Attributes attributes() const = 0;
};

using OptimizerKind = Kind<std::unique_ptr<Optimizer>()>;

/// The state of all parameters, by "path/name": "user_embedding.weight/accumulator".
using OptimizerStates = std::map<std::string, Tensor>;

/// Appends the updates of `parameters` by their `gradients`; a parameter without a gradient stays.
/// `learning_rate` and `step` (from 1) are scalars. Makes what `states` lacks.
std::vector<Value> update_nodes(const Optimizer& optimizer, Value learning_rate, Value step,
                                const std::vector<Value>& parameters, const Gradients& gradients,
                                OptimizerStates& states);

/// Elements to update in place: a block of a parameter, or one row of a table.
struct Elements {
  float* parameter;
  std::array<float*, 3> state;
  const float* gradient;
  std::int64_t count;
  float learning_rate;
  float step;
};
using UpdateRule = std::function<void(const Elements&)>;

/// The op of an optimiser with `states` state tensors, given how a rule is made from the node's
/// attributes.
Op update_op(std::string_view name, int states, Kernel (*prepare)(const Request&));

/// The kernel that applies `rule` to blocks of a dense parameter, or to the rows that lookups
/// named.
Kernel update_kernel(const Request& request, UpdateRule rule);

}  // namespace gradus

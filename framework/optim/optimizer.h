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

/// A tensor that an optimiser keeps beside each parameter: of its shape, or one number for each row
/// of it, that is for each index of its first axis.
struct OptimizerState {
  std::string name;       ///< "accumulator"
  float initial = 0.0F;   ///< of all its elements
  bool each_row = false;  ///< whether it has one number for each row
};

/// How parameters follow their gradients. One element-wise rule serves dense parameters and the
/// rows of a table that a batch looked up, repeated rows summed first. Before it, with a weight
/// decay, w -= learning_rate * weight_decay * w, as all of Keras 2's optimisers have it (Loshchilov
/// and Hutter, 2019): decoupled from the gradients.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  double learning_rate() const { return learning_rate_; }  ///< of all steps, before a schedule
  /// The share of a weight that goes at each step, times the learning rate.
  double weight_decay() const { return weight_decay_; }
  /// What is kept beside each parameter.
  virtual std::vector<OptimizerState> state() const = 0;
  /// Whether elements whose gradient is zero change, or what is kept of them, as with Keras'
  /// momentum, Adam and weight decay: then the gradient of a table is made dense, and a step costs
  /// in proportion to the table.
  virtual bool moves_every_row() const = 0;
  /// The update as an op, made by `update_op`, and its attributes.
  virtual const Op& op() const = 0;
  /// Those of each update's node.
  virtual Attributes attributes() const = 0;

 protected:
  /// What all optimisers have.
  Optimizer(double learning_rate, double weight_decay)
      : learning_rate_(learning_rate), weight_decay_(weight_decay) {}

 private:
  double learning_rate_;
  double weight_decay_;
};

/// Declares the options that all optimisers have.
template <class Visitor, class Options>
void common_fields(Visitor& v, Options& options) {
  v("learning_rate", options.learning_rate, above(0), "size of a step");
  v("weight_decay", options.weight_decay, at_least(0),
    "this share of a weight, times the learning rate, goes at each step");
}

/// An optimiser by name, as a config has it.
using OptimizerKind = Kind<std::unique_ptr<Optimizer>()>;

/// The state of all parameters, by "path/name": "user_embedding.weight/accumulator".
using OptimizerStates = std::map<std::string, Tensor>;

/// Appends the updates of `parameters` by their `gradients`; a parameter without a gradient stays.
/// `learning_rate` and `step` (from 1) are scalars. Makes what `states` lacks.
std::vector<Value> update_nodes(const Optimizer& optimizer, Value learning_rate, Value step,
                                const std::vector<Value>& parameters, const Gradients& gradients,
                                OptimizerStates& states);

/// The gradient that such an update moves its parameter by: a dense one, or rows of a table.
Gradient gradient_of(Value update);

/// Two figures of many elements, such as two sums of squares.
using Measured = std::array<double, 2>;

/// Elements to update in place: whole rows of a parameter, or one row of a table.
struct Elements {
  float* parameter;             ///< the first of `count`
  std::array<float*, 3> state;  ///< where there is one number a row, of the first row
  const float* gradient;        ///< of each of these elements
  std::int64_t count;           ///< how many there are
  std::int64_t row;             ///< elements of a row, at least 1
  float learning_rate;
  float step;              ///< from 1
  Measured measured = {};  ///< of all elements, for rules that measure them first
};
/// Changes these elements.
using UpdateRule = std::function<void(const Elements&)>;

/// A rule that must know something of all elements of a parameter before it changes the first.
struct MeasuringRule {
  std::function<Measured(const Elements&)> measure;   ///< may change the state
  Measured (*combine)(Measured, Measured) = nullptr;  ///< puts figures of two parts together
  Measured none = {};                                 ///< what changes nothing by `combine`
  UpdateRule update;                                  ///< then changes these elements
};

/// The op of an optimiser with `states` state tensors, given how a rule is made from the node's
/// attributes.
Op update_op(std::string_view name, int states, Kernel (*prepare)(const Request&));

/// The kernel that applies `rule` to blocks of a dense parameter, or to the rows that lookups
/// named.
Kernel update_kernel(const Request& request, UpdateRule rule);
/// The same with a rule that measures all of these elements first.
Kernel update_kernel(const Request& request, MeasuringRule rule);

}  // namespace gradus

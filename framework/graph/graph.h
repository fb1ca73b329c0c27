#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/op.h"

namespace gradus {

/// Where in the sources a node was built.
struct Where {
  const char* file = "";  ///< of the sources
  int line = 0;           ///< from 1
};

/// An argument of an op: converts from Value, noting the line of the code that calls the op.
struct Operand {
  /// `file` and `line` are those of the call.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Operand(Value v, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : value(v), where{file, line} {}

  Value value;  ///< what is given to the op
  Where where;  ///< the call
};

/// One op applied to values.
struct Node {
  const Op* op = nullptr;             ///< what is computed
  std::vector<int> inputs = {};       ///< nodes before this one
  Attributes attributes = {};         ///< what configures it
  Shape shape = {};                   ///< of the output
  DataType type = DataType::float32;  ///< of the output's elements
  std::string scope = {};             ///< the module's path, or the name of an input or parameter
  Where where = {};                   ///< where the op was called
  bool in_order = false;              ///< of ids: whether they are expected to ascend
};

/// A computation as data: an append-only list of nodes, in which an input stands before its user.
class Graph {
 public:
  /// `expected_batch` is about how many rows it will be run for, 0 where that is not known: ops may
  /// append other nodes for it that compute the same. `math_mode` is how executors multiply
  /// matrices.
  explicit Graph(std::int64_t expected_batch = 0,
                 kernels::MathMode math_mode = kernels::MathMode::float32)
      : expected_batch_(expected_batch), math_mode_(math_mode) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  std::int64_t expected_batch() const { return expected_batch_; }  ///< 0: not known
  kernels::MathMode math_mode() const { return math_mode_; }       ///< of products
  int size() const { return static_cast<int>(nodes_.size()); }     ///< how many nodes there are
  /// A node, from 0.
  const Node& node(int index) const { return nodes_[static_cast<std::size_t>(index)]; }
  /// A handle to a node.
  Value value(int index) const { return {const_cast<Graph*>(this), index}; }

  /// A value that is given at each run, such as ids or labels.
  Value input(std::string_view name, const Shape& shape, DataType type = DataType::float32);
  /// Says that the ids of this input [batch] will mostly ascend from row to row: ops may append
  /// other nodes that compute the same, for any ids. Throws Error for another value.
  void expect_order(Value ids);
  /// The elements of `tensor`, which the graph shares: the same tensor gives the same value.
  /// `name` is appended to the scope: "ratings.0.weight".
  Value parameter(std::string_view name, const Tensor& tensor);
  /// The tensor behind a parameter; null for other nodes.
  const Tensor* tensor(int index) const;

  /// Appends a node. Throws Error where the op's shape check refuses the inputs, naming the scope
  /// and the line that called the op.
  Value add(const Op& op, std::span<const Value> inputs, Attributes attributes, Where where);

  /// Has each training step run `node`, of an op that updates its inputs in place, beside what the
  /// optimiser does: how a layer keeps statistics of what it saw. Throws Error for another op.
  void update_each_step(Value node);
  /// Those nodes, in the order in which they were given.
  const std::vector<Value>& updates_each_step() const { return updates_; }

  /// The path of the modules that are being called, as "ratings.0".
  std::string scope() const;
  /// " (ratings.0, model.cpp:12)": what errors say of a call of an op; "" where nothing is known.
  std::string place(const Where& where) const;

 private:
  friend class Scope;

  std::int64_t expected_batch_;
  kernels::MathMode math_mode_;
  std::deque<Node> nodes_;  // references to nodes stay valid while more are appended
  std::vector<Value> updates_;
  std::vector<std::string> scopes_;
  std::map<int, Tensor> tensors_;
  std::map<const void*, int> parameters_;  // by the address of their elements
};

/// While it lives, nodes carry this name, after the names around it.
class Scope {
 public:
  /// Enters `name`; "" changes nothing.
  Scope(Graph& graph, std::string_view name);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Graph& graph_;
  bool named_;
};

/// Appends the node `op(operands)` to the operands' graph. Throws Error as Graph::add does.
Value record(const Op& op, std::initializer_list<Operand> operands, Attributes attributes = {});
/// The same for a list of inputs, with attributes and the place of the call.
Value record(const Op& op, std::span<const Value> inputs, Attributes attributes, Where where);

/// Which nodes of its graph, by index, a value is computed from, itself included.
std::vector<bool> read_by(Value value);

/// Runs a check that an op makes before it appends nodes; its Error ends with the scope and line of
/// the call, as those of Graph::add do.
template <class Check>
auto checked(const Operand& x, const Check& check) {
  try {
    return check();
  } catch (const Error& error) {
    throw Error(error.what() + x.value.graph().place(x.where), error.exit_code());
  }
}

inline const Node& Value::node() const { return graph().node(index_); }
inline const Shape& Value::shape() const { return node().shape; }
inline Value Value::input(int i) const {
  return graph_->value(node().inputs[static_cast<std::size_t>(i)]);
}
inline int Value::input_count() const { return static_cast<int>(node().inputs.size()); }
template <class T>
const T& Value::attribute(std::string_view name) const {
  return node().attributes.get<T>(name);
}

/// An input or a parameter: a node whose elements come from outside.
extern const Op kInput;
/// An op without inputs: elements that the graph shares with who trains them.
extern const Op kParameter;

}  // namespace gradus

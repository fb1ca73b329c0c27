#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/shape.h"
#include "framework/core/tensor.h"
#include "framework/kernels/matmul.h"

namespace gradus {

class Graph;
class OnnxGraph;
struct Node;
struct Op;

/// A handle to one node of a graph; cheap to copy.
class Value {
 public:
  Value() = default;
  /// A node of a graph.
  Value(Graph* graph, int index) : graph_(graph), index_(index) {}

  /// Whether it is a handle to a node.
  explicit operator bool() const { return graph_ != nullptr; }
  /// Throws Error for a handle to nothing.
  Graph& graph() const {
    if (graph_ == nullptr) fail("value: a handle to nothing was used");
    return *graph_;
  }
  int index() const { return index_; }  ///< of the node, from 0

  const Node& node() const;    ///< what computes it
  const Shape& shape() const;  ///< of the node's output
  Value input(int i) const;    ///< the node's input, from 0
  int input_count() const;     ///< of the node
  /// An attribute of the node that made this value. Throws Error where there is none of that type.
  template <class T>
  const T& attribute(std::string_view name) const;

  /// Whether both are handles to one node.
  friend bool operator==(const Value& a, const Value& b) {
    return a.graph_ == b.graph_ && a.index_ == b.index_;
  }

 private:
  Graph* graph_ = nullptr;
  int index_ = -1;
};

/// What configures a node beside its inputs, such as an axis.
using Attribute = std::variant<bool, std::int64_t, double, std::string, Shape>;

/// Named attributes of a node.
class Attributes {
 public:
  Attributes() = default;
  /// In this order.
  Attributes(std::initializer_list<std::pair<std::string, Attribute>> list) : list_(list) {}
  /// In this order.
  explicit Attributes(std::vector<std::pair<std::string, Attribute>> list)
      : list_(std::move(list)) {}

  /// Null where there is no attribute of that name.
  const Attribute* find(std::string_view name) const {
    for (const auto& [key, value] : list_) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  /// Throws Error where there is no attribute of that name and type.
  template <class T>
  const T& get(std::string_view name) const {
    const Attribute* value = find(name);
    if (value == nullptr || !std::holds_alternative<T>(*value)) fail("no attribute '{}'", name);
    return std::get<T>(*value);
  }
  /// In their order.
  const std::vector<std::pair<std::string, Attribute>>& all() const { return list_; }

 private:
  std::vector<std::pair<std::string, Attribute>> list_;
};

/// How an op treats the rows of the batch: each output row needs only that row of the inputs; the
/// rows are summed into an output without them; or the whole batch is needed at once.
enum class Rows : std::uint8_t { each, sum, whole };

/// What an op offers to be computed together with the product before it.
struct Epilogue {
  /// What can follow a product.
  enum class Kind : std::uint8_t {
    none,
    bias,        // a row that is added
    activation,  // of each element
    gate,        // the product where the node's other input is positive, else 0
  };
  Kind kind = Kind::none;                                      ///< what the node can be
  kernels::Activation activation = kernels::Activation::none;  ///< of an activation: which
};

/// The gradient of rows looked up in a table: `rows` [.., dimension] belongs to the table's rows
/// `ids` [..]; repeated ids add up.
struct RowGradient {
  Value ids;   ///< int32 [..]
  Value rows;  ///< [.., dimension]
};

/// A gradient: a value of the input's shape, rows of a table, both (they add up) or none.
struct Gradient {
  Gradient() = default;
  /// Of the input's shape; of a handle to nothing: none.
  // NOLINTNEXTLINE(google-explicit-constructor): an op's gradient returns Values
  Gradient(Value value) : dense(value) {}
  /// Of rows of a table.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Gradient(RowGradient gradient) : rows{gradient} {}

  /// Whether there is one.
  explicit operator bool() const { return static_cast<bool>(dense) || !rows.empty(); }

  Value dense;                    ///< of the input's shape; or none
  std::vector<RowGradient> rows;  ///< of the table's rows; or none
};
/// Those of an op's inputs, in their order.
using Gradients = std::vector<Gradient>;

/// What a kernel is prepared for: a node at given sizes.
struct Request {
  Value node;                       ///< what is to be computed
  std::span<const Extents> inputs;  ///< by input
  Extents output;                   ///< of the output
  bool bias = false;                ///< one more input: a bias row to add
  kernels::Activation activation = kernels::Activation::none;  ///< to apply to the output
  bool gate = false;  ///< a last input: the output is 0 where it is not positive
};

/// One execution: of a tile of rows, or of all.
struct Call {
  Value node;                    ///< what is computed
  std::span<const View> inputs;  ///< by input
  View output;                   ///< where the output belongs
  std::int64_t batch = 0;        ///< rows of the whole batch, of which this call may see a tile
  std::int64_t first_row = 0;    ///< of the batch that this call sees
  std::int64_t tile_rows = 0;    ///< of the tiles that Op::run_tile has seen before; 0: of none
  bool accumulate = false;       ///< Rows::sum: add to the output rather than overwrite it
};
/// Runs a node that it was prepared for.
using Kernel = std::function<void(const Call&)>;

/// Everything the graph knows of an op. One constant of this type, in the op's own source file, is
/// all that adding an op takes.
struct Op {
  std::string_view name;  ///< as errors and plans say it
  /// The output's shape; throws Error where the inputs do not fit.
  Shape (*shape)(std::span<const Value> inputs, const Attributes& attributes) = nullptr;
  DataType type = DataType::float32;  ///< of the output's elements
  /// How a node's output follows from rows of its inputs.
  Rows (*rows)(Value y) = [](Value) { return Rows::each; };
  /// Computes the output. Exactly one of `run` and `prepare` is given.
  void (*run)(const Call& call) = nullptr;
  /// Makes a kernel once for given sizes, for ops that keep something between executions.
  Kernel (*prepare)(const Request& request) = nullptr;
  /// Of a node that needs the whole batch at once: what an executor may have done before for each
  /// tile of the inputs' rows, while they are at hand. The output is that of all rows.
  void (*run_tile)(const Call& call) = nullptr;
  /// The gradients of `y`'s inputs as further nodes, given that of `y`. Null: y is not
  /// differentiable.
  Gradients (*gradient)(Value y, Value dy) = nullptr;
  /// What this node can be to a product whose result is its first input.
  Epilogue (*epilogue)(Value y) = [](Value) { return Epilogue{}; };
  /// Whether bias and activation can be computed as part of this op.
  bool takes_epilogue = false;
  /// Whether a gate can.
  bool takes_gate = false;
  /// Whether the output has the elements of the first input, in another shape. Executors may leave
  /// them where they are rather than copy them by `run`.
  bool is_view = false;
  /// Of what joins its inputs' rows: the element of y's rows at which those of input k begin. Such
  /// inputs may be written there at once; `run` copies the others.
  std::optional<std::int64_t> (*joins)(Value y, int k) = nullptr;
  /// Of what cuts its rows out of those of its input: the element at which they begin. They may be
  /// left there.
  std::optional<std::int64_t> (*cuts)(Value y) = nullptr;
  /// Whether the rows of an output [rows, n] may lie apart (View::row_step).
  bool writes_apart = false;
  /// Whether the rows of inputs of numbers may.
  bool reads_apart = false;
  /// Whether inputs may hold ids; otherwise all must hold numbers, which the graph checks.
  bool takes_ids = false;
  /// How many of the first inputs the op updates in place; such nodes run last, after the loss is
  /// known to be finite.
  int updates = 0;
  /// Floating point operations at given sizes; one per output element where not given.
  double (*flops)(const Request& request) = nullptr;
  /// Bytes read and written at given sizes; all inputs and the output once where not given.
  double (*bytes)(const Request& request) = nullptr;
  /// Appends ONNX nodes that compute y; the name of the last one's output. Null: ONNX has no
  /// counterpart.
  std::string (*onnx)(OnnxGraph& graph, Value y) = nullptr;
};

}  // namespace gradus

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "framework/graph/graph.h"

namespace gradus {

/// The version of ONNX' operators (https://onnx.ai/onnx/operators) that graphs are exported to.
inline constexpr int kOnnxOpset = 17;
/// The version of those for machine learning, of which strings' dictionaries are.
inline constexpr int kOnnxMachineLearningOpset = 3;

/// What configures an ONNX node.
using OnnxAttribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                                   std::vector<std::string>>;
/// A node's, by name.
using OnnxAttributes = std::vector<std::pair<std::string, OnnxAttribute>>;

/// One ONNX operator applied to values by name.
struct OnnxNode {
  std::string name;                  ///< its own
  std::string type;                  ///< the operator
  std::string domain;                ///< of the operator, "" of the usual ones
  std::vector<std::string> inputs;   ///< values' names
  std::vector<std::string> outputs;  ///< the same
  OnnxAttributes attributes;         ///< in no order
};

/// An input or output.
struct OnnxValue {
  /// Of its elements. Ids are int64, as numpy has them, or strings.
  enum class Type : std::uint8_t { float32, int64, string };

  std::string name;           ///< of the value
  Type type = Type::float32;  ///< of its elements
  Shape shape;                ///< for any batch
};

/// Elements that a model brings along: a parameter's, or whole numbers such as axes.
struct OnnxConstant {
  std::string name;                                          ///< of the value
  std::variant<Tensor, std::vector<std::int64_t>> elements;  ///< with their shape, or [n]
};

/// A graph's values as ONNX: data, which `experiment` writes into a file. Each op appends its own
/// form (`Op::onnx`).
class OnnxGraph {
 public:
  /// Has an input of the graph under that name, or nearly so where it is taken: a parameter or
  /// another input may have it.
  void input(Value value, std::string_view name);
  /// The same for strings: an id is a string's place among `strings`, from 1, or 0 for any other.
  void strings(Value value, std::string_view name, std::vector<std::string> strings);
  /// Appends all that the value is computed from, and has it as an output, [batch] for
  /// [batch, 1]. Throws Error naming an op that has no ONNX form.
  void output(Value value, std::string_view name);

  /// Each after those that it reads from.
  const std::vector<OnnxNode>& nodes() const { return nodes_; }
  const std::vector<OnnxConstant>& constants() const { return constants_; }  ///< in no order
  const std::vector<OnnxValue>& inputs() const { return inputs_; }           ///< as they were given
  const std::vector<OnnxValue>& outputs() const { return outputs_; }         ///< the same

  // For ops.

  /// The name of a value that was appended before, as all inputs of a node are.
  const std::string& name(Value value) const;
  /// Appends a node with `outputs` outputs; the name of the last.
  std::string node(std::string_view type, std::vector<std::string> inputs,
                   OnnxAttributes attributes = {}, int outputs = 1);
  /// The same with the inputs of y.
  std::string node(std::string_view type, Value y, OnnxAttributes attributes = {});
  /// A number, which broadcasts.
  std::string number(double number);
  /// A list of whole numbers.
  std::string list(std::vector<std::int64_t> numbers);
  /// A value's sizes, for the batch that the model is run for. Throws Error where they follow from
  /// the batch and no input has one.
  std::string sizes(const Shape& shape);
  /// x reshaped.
  std::string reshaped(const std::string& x, const Shape& shape);
  /// x as numbers: of truths 1 and 0.
  std::string as_numbers(const std::string& x);

 private:
  void append(Value value);
  std::string batch();
  std::string unique(std::string_view name);

  std::vector<OnnxNode> nodes_;
  std::vector<OnnxConstant> constants_;
  std::vector<OnnxValue> inputs_;
  std::vector<OnnxValue> outputs_;
  std::map<int, std::string> names_;  // by node
  std::set<std::string, std::less<>> taken_;
  std::string scope_;  // of the node that is being appended
  std::string batch_;  // the batch as a list of one, once it was needed
};

}  // namespace gradus

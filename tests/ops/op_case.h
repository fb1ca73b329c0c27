#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/graph/graph.h"

/// How an op's test file declares the cases that the conformance test, the reference values and the
/// benchmark go through.
namespace gradus::tests {

using Values = std::vector<Value>;

/// What one input of a case holds: random numbers, ids, or another input once more. A first axis
/// kBatch makes rows of the batch, which are cut into tiles.
struct InputCase {
  InputCase() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): cases are written as {{4, 3}, {3}}
  InputCase(std::initializer_list<Dimension> dimensions) : shape(dimensions) {}

  Shape shape;
  float low = -2.0F;
  float high = 2.0F;
  float margin = 0.0F;              // numbers nearer to 0, a kink or a pole, are moved this far
  std::int32_t ids = 0;             // if positive: int32 ids from 0 to ids - 1
  std::optional<int> same_as = {};  // the very value of an earlier input
};

/// Numbers from `low` to `high`, none of them nearer to 0 than `margin`.
InputCase numbers(const Shape& shape, float low, float high, float margin = 0.0F);
/// Ids of a table of `rows` rows.
InputCase ids(const Shape& shape, std::int32_t rows);
/// The same value as input `input`, as in x * x.
InputCase again(int input);

struct OpCase {
  std::string name;
  std::vector<InputCase> inputs;
  Attributes attributes = {};
};

/// An op as tests see it. `op` is its name in the reference values; `attributes` are the names that
/// `build` reads. Of a layer, the parameters that `build` makes are inputs, too.
struct OpUnderTest {
  std::string op;
  std::vector<std::string> attributes;
  Value (*build)(const Values& inputs, const Attributes& attributes);
  std::vector<OpCase> cases;
  bool layer = false;
};

/// Declared at namespace scope in an op's test file, it enters the op into all_ops().
class OpCases {
 public:
  explicit OpCases(OpUnderTest op);
};

/// All declared ops by name.
const std::vector<OpUnderTest>& all_ops();

/// A case as a graph: inputs, the op's value, an upstream gradient, and the gradients of
/// sum(output * upstream).
struct CaseGraph {
  CaseGraph(const OpUnderTest& op, const OpCase& op_case);

  bool has_batch() const;

  Graph graph;
  Values inputs;     // each once
  Values variables;  // those of them that hold numbers
  Values gradients;  // of the variables, dense
  Value upstream;
  Value output;
  std::vector<InputCase> contents;  // of the inputs
};

/// What is given to a graph's inputs.
struct Given {
  Value input;
  Tensor tensor;
};

/// The graph's parameters, in the order of their making.
Values parameters(const Graph& graph);

/// Gives an executor the contents of an input, or sets the elements of a parameter.
template <class AnyExecutor>
void give(AnyExecutor& executor, const Given& given) {
  const Tensor* parameter = given.input.graph().tensor(given.input.index());
  if (parameter == nullptr) {
    if constexpr (requires { executor.set(given.input, given.tensor); }) {
      executor.set(given.input, given.tensor);
    } else {
      executor.set(given.input, given.tensor.view());
    }
  } else {
    std::ranges::copy(given.tensor.floats(), parameter->floats().begin());
  }
}

/// Random contents for the inputs of a case and its upstream gradient.
std::vector<Given> random_data(const CaseGraph& c, std::int64_t batch, std::uint64_t seed);

/// Random numbers or ids as `contents` says, `purpose` keys them.
Tensor random_tensor(const InputCase& contents, std::int64_t batch, std::uint64_t seed,
                     std::string_view purpose);

}  // namespace gradus::tests

#include "tests/ops/op_case.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "framework/graph/differentiate.h"

namespace gradus::tests {
namespace {

std::vector<OpUnderTest>& ops() {
  static std::vector<OpUnderTest> all;
  return all;
}

}  // namespace

InputCase numbers(const Shape& shape, float low, float high, float margin) {
  InputCase input;
  input.shape = shape;
  input.low = low;
  input.high = high;
  input.margin = margin;
  return input;
}

InputCase ids(const Shape& shape, std::int32_t rows) {
  InputCase input;
  input.shape = shape;
  input.ids = rows;
  return input;
}

InputCase again(int input) {
  InputCase same;
  same.same_as = input;
  return same;
}

OpCases::OpCases(OpUnderTest op) {
  const auto place =
      std::upper_bound(ops().begin(), ops().end(), op,
                       [](const OpUnderTest& a, const OpUnderTest& b) { return a.op < b.op; });
  ops().insert(place, std::move(op));
}

const std::vector<OpUnderTest>& all_ops() { return ops(); }

CaseGraph::CaseGraph(const OpUnderTest& op, const OpCase& op_case) {
  Values arguments;
  for (const InputCase& input : op_case.inputs) {
    if (input.same_as) {
      arguments.push_back(arguments[static_cast<std::size_t>(*input.same_as)]);
      continue;
    }
    const std::string name = "input " + std::to_string(inputs.size());
    const bool is_ids = input.ids > 0;
    arguments.push_back(
        graph.input(name, input.shape, is_ids ? DataType::int32 : DataType::float32));
    inputs.push_back(arguments.back());
    contents.push_back(input);
    if (!is_ids) variables.push_back(arguments.back());
  }
  output = op.build(arguments, op_case.attributes);
  if (op.layer) {
    for (const Value& parameter : parameters(graph)) {
      inputs.push_back(parameter);
      variables.push_back(parameter);
      contents.push_back(numbers(parameter.shape(), -1.0F, 1.0F));
    }
  }
  upstream = graph.input("upstream", output.shape());
  const Gradients all = differentiate(output, variables, upstream);
  for (std::size_t k = 0; k < all.size(); ++k) gradients.push_back(dense(all[k], variables[k]));
}

bool CaseGraph::has_batch() const {
  return std::ranges::any_of(inputs, [](const Value& input) { return input.shape().has_batch(); });
}

Values parameters(const Graph& graph) {
  Values out;
  for (int i = 0; i < graph.size(); ++i) {
    if (graph.node(i).op == &kParameter) out.push_back(graph.value(i));
  }
  return out;
}

Tensor random_tensor(const InputCase& contents, std::int64_t batch, std::uint64_t seed,
                     std::string_view purpose) {
  std::seed_seq key(purpose.begin(), purpose.end());
  std::mt19937_64 engine(key);
  engine.discard(seed);
  const auto uniform = [&] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
  if (contents.ids > 0) {
    Tensor tensor(contents.shape.at(batch), DataType::int32);
    for (std::int32_t& id : tensor.ids()) id = static_cast<std::int32_t>(uniform() * contents.ids);
    return tensor;
  }
  Tensor tensor(contents.shape.at(batch));
  for (float& x : tensor.floats()) {
    x = static_cast<float>(contents.low + (contents.high - contents.low) * uniform());
    if (std::abs(x) < contents.margin) x = std::copysign(contents.margin, x);
  }
  return tensor;
}

std::vector<Given> random_data(const CaseGraph& c, std::int64_t batch, std::uint64_t seed) {
  std::vector<Given> data;
  for (std::size_t k = 0; k < c.inputs.size(); ++k) {
    const std::string& purpose = c.inputs[k].node().scope;
    data.push_back({c.inputs[k], random_tensor(c.contents[k], batch, seed, purpose)});
  }
  const InputCase weights = numbers(c.output.shape(), -2.0F, 2.0F);
  data.push_back({c.upstream, random_tensor(weights, batch, seed, "upstream")});
  return data;
}

}  // namespace gradus::tests

#include "framework/graph/onnx.h"

#include <algorithm>
#include <utility>

namespace gradus {
namespace {

constexpr std::int64_t kFloat = 1;  // of ONNX' types

OnnxValue::Type type_of(DataType type) {
  return type == DataType::int32 ? OnnxValue::Type::int64 : OnnxValue::Type::float32;
}

}  // namespace

void OnnxGraph::input(Value value, std::string_view name) {
  const Node& node = value.node();
  inputs_.push_back({unique(name), type_of(node.type), node.shape});
  names_[value.index()] = inputs_.back().name;
}

void OnnxGraph::strings(Value value, std::string_view name, std::vector<std::string> strings) {
  inputs_.push_back({unique(name), OnnxValue::Type::string, value.node().shape});
  std::vector<std::int64_t> ids(strings.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i) + 1;
  const std::string out = node("LabelEncoder", {inputs_.back().name},
                               {{"keys_strings", std::move(strings)},
                                {"values_int64s", std::move(ids)},
                                {"default_int64", std::int64_t{0}}});
  nodes_.back().domain = "ai.onnx.ml";
  names_[value.index()] = out;
}

void OnnxGraph::output(Value value, std::string_view name) {
  const std::vector<bool> read = read_by(value);
  for (int i = 0; i <= value.index(); ++i) {
    if (read[static_cast<std::size_t>(i)] && !names_.contains(i)) append(value.graph().value(i));
  }
  Shape shape = value.shape();
  scope_ = "";
  const std::string from = this->name(value);
  const bool column = shape.rank() == 2 && shape[0] == kBatch && shape[1] == Dimension{1};
  if (column) shape = {kBatch};
  const std::string out = unique(name);
  if (column) {
    node("Reshape", {from, list({-1})});
  } else {
    node("Identity", {from});
  }
  nodes_.back().outputs.back() = out;
  outputs_.push_back({out, type_of(value.node().type), shape});
}

void OnnxGraph::append(Value value) {
  const Node& node = value.node();
  if (const Tensor* tensor = value.graph().tensor(value.index())) {
    constants_.push_back({unique(node.scope), *tensor});
    names_[value.index()] = constants_.back().name;
    return;
  }
  if (node.op->onnx == nullptr) {
    fail("onnx: {} has no counterpart there{}", node.op->name,
         node.scope.empty() ? "" : fmt::format(" ({})", node.scope));
  }
  scope_ = node.scope;
  names_[value.index()] = node.op->onnx(*this, value);
}

const std::string& OnnxGraph::name(Value value) const {
  const auto found = names_.find(value.index());
  if (found == names_.end()) fail("onnx: node {} was not exported", value.index());
  return found->second;
}

std::string OnnxGraph::node(std::string_view type, std::vector<std::string> inputs,
                            OnnxAttributes attributes, int outputs) {
  const std::string path = scope_.empty() ? std::string(type) : fmt::format("{}/{}", scope_, type);
  OnnxNode& made = nodes_.emplace_back(OnnxNode{.name = unique(path),
                                                .type = std::string(type),
                                                .domain = {},
                                                .inputs = std::move(inputs),
                                                .outputs = {},
                                                .attributes = std::move(attributes)});
  for (int i = 0; i < outputs; ++i) {
    made.outputs.push_back(unique(fmt::format("{}:{}", made.name, i)));
  }
  return made.outputs.back();
}

std::string OnnxGraph::node(std::string_view type, Value y, OnnxAttributes attributes) {
  std::vector<std::string> inputs;
  inputs.reserve(static_cast<std::size_t>(y.input_count()));
  for (int k = 0; k < y.input_count(); ++k) inputs.push_back(name(y.input(k)));
  return node(type, std::move(inputs), std::move(attributes));
}

std::string OnnxGraph::number(double number) {
  Tensor tensor(Extents{});
  tensor.fill(static_cast<float>(number));
  constants_.push_back({unique("number"), tensor});
  return constants_.back().name;
}

std::string OnnxGraph::list(std::vector<std::int64_t> numbers) {
  constants_.push_back({unique("list"), std::move(numbers)});
  return constants_.back().name;
}

std::string OnnxGraph::batch() {
  if (!batch_.empty()) return batch_;
  for (const OnnxValue& input : inputs_) {
    for (int axis = 0; axis < input.shape.rank(); ++axis) {
      const Dimension& size = input.shape[axis];
      if (!size.times_batch || size.size < 1) continue;
      const std::int64_t first = axis;
      batch_ = node("Shape", {input.name}, {{"start", first}, {"end", first + 1}});
      if (size.size > 1) batch_ = node("Div", {batch_, list({size.size})});
      return batch_;
    }
  }
  fail("onnx: a size follows from the batch, and no input has one");
}

std::string OnnxGraph::sizes(const Shape& shape) {
  if (!shape.has_batch()) {
    const Extents extents = shape.at(0);
    return list({extents.begin(), extents.end()});
  }
  std::vector<std::string> parts;
  for (const Dimension& size : shape) {
    if (!size.times_batch) {
      parts.push_back(list({size.size}));
    } else {
      parts.push_back(size.size == 1 ? batch() : node("Mul", {batch(), list({size.size})}));
    }
  }
  return node("Concat", std::move(parts), {{"axis", std::int64_t{0}}});
}

std::string OnnxGraph::reshaped(const std::string& x, const Shape& shape) {
  const bool empty =
      std::ranges::any_of(shape, [](const Dimension& size) { return size.size == 0; });
  if (empty) return node("Reshape", {x, sizes(shape)}, {{"allowzero", std::int64_t{1}}});
  std::vector<std::int64_t> out;
  for (const Dimension& size : shape) out.push_back(size.times_batch ? -1 : size.size);
  return node("Reshape", {x, list(std::move(out))});
}

std::string OnnxGraph::as_numbers(const std::string& x) {
  return node("Cast", {x}, {{"to", kFloat}});
}

std::string OnnxGraph::unique(std::string_view name) {
  std::string out(name.empty() ? "value" : name);
  for (int next = 2; !taken_.insert(out).second; ++next) out = fmt::format("{}_{}", name, next);
  return out;
}

}  // namespace gradus

#include "framework/graph/graph.h"

#include <utility>

namespace gradus {

const Op kInput{.name = "input"};
const Op kParameter{.name = "parameter"};

Value Graph::input(std::string_view name, const Shape& shape, DataType type) {
  nodes_.push_back({.op = &kInput, .shape = shape, .type = type, .scope = std::string(name)});
  return {this, size() - 1};
}

void Graph::expect_order(Value ids) {
  const Node& node = ids.node();
  if (node.op != &kInput || node.type != DataType::int32 || !(node.shape == Shape{kBatch})) {
    fail("expect_order: an input of ids [batch] is needed, not {} of {}", node.shape.text(),
         name(node.type));
  }
  nodes_[static_cast<std::size_t>(ids.index())].in_order = true;
}

Value Graph::parameter(std::string_view name, const Tensor& tensor) {
  const auto known = parameters_.find(tensor.view().data);
  if (known != parameters_.end()) return {this, known->second};
  std::string path = scope();
  if (!path.empty()) path += '.';
  path += name;
  nodes_.push_back({.op = &kParameter,
                    .shape = Shape(tensor.extents()),
                    .type = tensor.type(),
                    .scope = std::move(path)});
  const int index = size() - 1;
  tensors_.emplace(index, tensor);
  parameters_.emplace(tensor.view().data, index);
  return {this, index};
}

const Tensor* Graph::tensor(int index) const {
  const auto found = tensors_.find(index);
  return found == tensors_.end() ? nullptr : &found->second;
}

Value Graph::add(const Op& op, std::span<const Value> inputs, Attributes attributes, Where where) {
  Node node{.op = &op, .type = op.type, .scope = scope(), .where = where};
  for (const Value& input : inputs) {
    if (!input || &input.graph() != this) {
      fail("{}: an input belongs to another graph{}", op.name, place(where));
    }
    if (!op.takes_ids && input.node().type != DataType::float32) {
      fail("{}: an input holds {}, float32 is needed{}", op.name, gradus::name(input.node().type),
           place(where));
    }
    node.inputs.push_back(input.index());
  }
  try {
    node.shape = op.shape(inputs, attributes);
  } catch (const Error& error) {
    throw Error(error.what() + place(where), error.exit_code());
  }
  node.attributes = std::move(attributes);
  nodes_.push_back(std::move(node));
  return {this, size() - 1};
}

void Graph::update_each_step(Value node) {
  if (node.node().op->updates == 0) fail("{}: the op updates nothing", node.node().op->name);
  updates_.push_back(node);
}

std::string Graph::scope() const { return fmt::format("{}", fmt::join(scopes_, ".")); }

std::string Graph::place(const Where& where) const {
  std::string text = scope();
  if (where.line > 0) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}:{}", where.file, where.line);
  }
  return text.empty() ? "" : " (" + text + ")";
}

Scope::Scope(Graph& graph, std::string_view name) : graph_(graph), named_(!name.empty()) {
  if (named_) graph_.scopes_.emplace_back(name);
}

Scope::~Scope() {
  if (named_) graph_.scopes_.pop_back();
}

Value record(const Op& op, std::span<const Value> inputs, Attributes attributes, Where where) {
  if (inputs.empty() || !inputs[0]) fail("{}: no input", op.name);
  return inputs[0].graph().add(op, inputs, std::move(attributes), where);
}

Value record(const Op& op, std::initializer_list<Operand> operands, Attributes attributes) {
  std::vector<Value> inputs;
  for (const Operand& operand : operands) inputs.push_back(operand.value);
  return record(op, inputs, std::move(attributes), operands.begin()->where);
}

std::vector<bool> read_by(Value value) {
  const Graph& graph = value.graph();
  std::vector<bool> read(static_cast<std::size_t>(graph.size()), false);
  read[static_cast<std::size_t>(value.index())] = true;
  for (int i = value.index(); i >= 0; --i) {
    if (!read[static_cast<std::size_t>(i)]) continue;
    for (const int input : graph.node(i).inputs) read[static_cast<std::size_t>(input)] = true;
  }
  return read;
}

}  // namespace gradus

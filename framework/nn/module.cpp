#include "framework/nn/module.h"

#include <algorithm>

#include "framework/ops/abs.h"
#include "framework/ops/add.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"

namespace gradus {

std::vector<Module::Named> Module::parameters() const {
  std::vector<Named> all;
  for (const auto& own : parameters_) all.push_back({own->name, own.get()});
  for (const auto& child : children_) {
    for (Named& named : child->parameters()) {
      all.push_back({child->name_ + "." + named.path, named.parameter});
    }
  }
  return all;
}

std::vector<Module::Named> Module::trained_parameters() const {
  std::vector<Named> all = parameters();
  std::erase_if(all, [](const Named& named) { return !named.parameter->trained; });
  return all;
}

Parameter& Module::parameter(std::string name, const Extents& extents, Initializer initializer,
                             double l2) {
  parameters_.push_back(std::make_unique<Parameter>(Parameter{.name = std::move(name),
                                                              .value = Tensor(extents),
                                                              .initializer = std::move(initializer),
                                                              .l2 = l2}));
  return *parameters_.back();
}

void Module::add_child(const std::string& name, std::unique_ptr<Module> module) {
  if (std::ranges::any_of(children_, [&](const auto& other) { return other->name_ == name; })) {
    fail("module: two children are named '{}'", name);
  }
  module->name_ = name;
  children_.push_back(std::move(module));
}

void initialize(const Module& module, std::uint64_t seed) {
  for (const auto& [path, parameter] : module.parameters()) {
    parameter->initializer(parameter->value, Random(seed, path));
  }
}

std::int64_t parameter_count(const Module& module) {
  std::int64_t count = 0;
  for (const auto& named : module.parameters()) count += named.parameter->value.elements();
  return count;
}

Value regularization_loss(const Module& module, Graph& graph) {
  Value total;
  for (const auto& [path, parameter] : module.trained_parameters()) {
    if (parameter->l1 == 0.0 && parameter->l2 == 0.0) continue;
    const Scope scope(graph, "regularization");
    const Value value = graph.parameter(path, parameter->value);
    const auto add = [&total](Value sum, double factor) {
      const Value term = scale(sum, factor);
      total = total ? total + term : term;
    };
    if (parameter->l1 != 0.0) add(sum(abs(value)), parameter->l1);
    if (parameter->l2 != 0.0) add(sum(square(value)), parameter->l2);
  }
  return total;
}

}  // namespace gradus

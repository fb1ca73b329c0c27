#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/nn/initializers.h"

namespace gradus {

/// Elements that a module keeps, and by which a model is saved.
struct Parameter {
  std::string name;         ///< within its module: "weight"
  Tensor value;             ///< shared by graphs and checkpoints
  Initializer initializer;  ///< what fills it at first
  double l2 = 0.0;          ///< adds l2 * sum(value²) to the regularisation loss
  double l1 = 0.0;          ///< adds l1 * sum(|value|)
  /// Whether it follows its gradient, is regularised and averaged: unlike what a layer has seen.
  bool trained = true;

  /// The parameter as a value of a graph.
  Value in(Graph& graph) const { return graph.parameter(name, value); }
};

/// A part of a model: registers its parameters and children by name when it is made, and has an
/// ordinary function that appends its computation to the graph of its arguments.
class Module {
 public:
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// A parameter and its path from this module: "ratings.0.weight".
  struct Named {
    std::string path;      ///< from the module: "ratings.0.weight"
    Parameter* parameter;  ///< lives as long as the module
  };
  /// All parameters, the module's own before its children's, in the order of their registration.
  std::vector<Named> parameters() const;
  /// Those of them that are trained.
  std::vector<Named> trained_parameters() const;

 protected:
  Module() = default;

  /// Makes a child; its nodes and parameters carry `name`. The reference lives as long as this
  /// module. Throws Error where the name is taken.
  template <class M, class... Args>
  M& child(const std::string& name, Args&&... args) {
    auto made = std::make_unique<M>(std::forward<Args>(args)...);
    M& reference = *made;
    add_child(name, std::move(made));
    return reference;
  }
  /// Makes a parameter of zeros; `initialize` fills it.
  Parameter& parameter(std::string name, const Extents& extents, Initializer initializer,
                       double l2 = 0.0);

  /// While it lives, nodes of the graph carry this module's name.
  Scope enter(Graph& graph) const { return {graph, name_}; }

 private:
  void add_child(const std::string& name, std::unique_ptr<Module> module);

  std::string name_;
  std::vector<std::unique_ptr<Parameter>> parameters_;
  std::vector<std::unique_ptr<Module>> children_;
};

/// Gives every parameter its initial value, a function of the seed and the parameter's path.
void initialize(const Module& module, std::uint64_t seed);

/// The number of elements of all parameters.
std::int64_t parameter_count(const Module& module);

/// The sum over all trained parameters of l1 * sum(|value|) + l2 * sum(value²), a scalar; an empty
/// Value where no parameter is regularised. Its gradient is l1 * sign(value) + 2 * l2 * value, with
/// sign(0) = 0, of the whole parameter: all rows of a table. As Keras' L1L2.
Value regularization_loss(const Module& module, Graph& graph);

}  // namespace gradus

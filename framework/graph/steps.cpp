#include "framework/graph/steps.h"

#include <utility>

namespace gradus {
namespace {

template <class T>
decltype(auto) at(T& list, int i) {
  return list[static_cast<std::size_t>(i)];
}

class Finder {
 public:
  Finder(const Graph& graph, const std::vector<int>& outputs, const std::vector<int>& updates,
         const std::vector<int>& given)
      : graph_(graph), size_(static_cast<std::size_t>(graph.size())) {
    is_given_.assign(size_, false);
    is_output_.assign(size_, false);
    for (int i : given) at(is_given_, i) = true;
    for (int i : outputs) at(is_output_, i) = true;
    std::vector<int> targets(outputs);
    targets.insert(targets.end(), updates.begin(), updates.end());
    find_live(std::move(targets));
    fuse();
  }

  Steps take() { return std::move(found_); }

 private:
  const Node& node(int i) const { return graph_.node(i); }

  void find_live(std::vector<int> open) {
    uses_.assign(size_, 0);
    is_read_dense_.assign(size_, false);
    live_.assign(size_, false);
    while (!open.empty()) {
      const int i = open.back();
      open.pop_back();
      if (at(live_, i)) continue;
      at(live_, i) = true;
      if (at(is_given_, i)) continue;
      for (int input : node(i).inputs) {
        ++at(uses_, input);
        if (!node(i).op->reads_apart) at(is_read_dense_, input) = true;
        open.push_back(input);
      }
    }
  }

  /// The only node that reads it, by node; -1 where there are several or none.
  std::vector<int> only_users() const {
    std::vector<int> out(size_, -1);
    for (int i = 0; i < graph_.size(); ++i) {
      if (!at(live_, i) || at(is_given_, i)) continue;
      for (int input : node(i).inputs) {
        if (at(uses_, input) == 1) at(out, input) = i;
      }
    }
    return out;
  }

  /// The chain of bias, activation and gate that follows a product and is used for nothing else.
  void extend(Step& step, const std::vector<int>& only_user) const {
    const Op& op = *node(step.base).op;
    while (!step.gate) {
      const int user = at(only_user, step.node);
      if (user < 0 || at(is_output_, step.node)) return;
      if (node(user).inputs[0] != step.node) return;
      const Epilogue epilogue = node(user).op->epilogue(graph_.value(user));
      if (epilogue.kind == Epilogue::Kind::bias && !step.bias &&
          step.activation == kernels::Activation::none) {
        step.bias = true;
        step.inputs.push_back(node(user).inputs[1]);
      } else if (epilogue.kind == Epilogue::Kind::activation &&
                 step.activation == kernels::Activation::none) {
        step.activation = epilogue.activation;
      } else if (epilogue.kind == Epilogue::Kind::gate && op.takes_gate) {
        step.gate = true;
        step.inputs.push_back(node(user).inputs[1]);
      } else {
        return;
      }
      step.node = user;
    }
  }

  /// Whether what a node cuts out of another's rows may stay there.
  bool stays(int i) const {
    if (node(i).op->cuts == nullptr || at(is_output_, i) || at(is_read_dense_, i)) return false;
    const int from = node(i).inputs[0];
    if (at(found_.outside, from) || at(found_.holders, from) != from) return false;
    const Shape& shape = node(i).shape;
    return shape.rank() == 2 && shape.has_rows() && node(from).shape.has_rows() &&
           node(i).op->cuts(graph_.value(i)).has_value();
  }

  void fuse() {
    const std::vector<int> only_user = only_users();
    std::vector<bool> in_chain(size_, false);
    found_.steps.resize(size_);
    found_.outside.assign(size_, false);
    found_.holders.assign(size_, -1);
    found_.kept.assign(size_, false);
    for (int i = 0; i < graph_.size(); ++i) {
      if (!at(live_, i)) continue;
      const Op& op = *node(i).op;
      const bool outside = at(is_given_, i) || &op == &kInput || &op == &kParameter;
      const bool view = !outside && (op.is_view || stays(i));
      const int holder = view ? at(found_.holders, node(i).inputs[0]) : i;
      at(found_.holders, i) = holder;
      if (at(is_output_, i)) at(found_.kept, holder) = true;
      at(found_.outside, i) = outside;
      if (outside || view || at(in_chain, i)) continue;
      Step step{.node = i, .base = i, .inputs = node(i).inputs};
      if (op.takes_epilogue && op.rows(graph_.value(i)) == Rows::each) extend(step, only_user);
      const int last = step.node;
      for (int link = i; link != last;) {
        link = at(only_user, link);
        at(in_chain, link) = true;
      }
      at(found_.steps, last) = std::move(step);
    }
  }

  const Graph& graph_;
  std::size_t size_;
  std::vector<bool> is_given_;
  std::vector<bool> is_output_;
  std::vector<bool> live_;
  std::vector<int> uses_;
  std::vector<bool> is_read_dense_;
  Steps found_;
};

}  // namespace

Steps find_steps(const Graph& graph, const std::vector<int>& outputs,
                 const std::vector<int>& updates, const std::vector<int>& given) {
  return Finder(graph, outputs, updates, given).take();
}

}  // namespace gradus

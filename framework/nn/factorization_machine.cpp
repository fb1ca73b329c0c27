#include "framework/nn/factorization_machine.h"

#include "framework/ops/add.h"
#include "framework/ops/factorization_machine.h"
#include "framework/ops/stack.h"

namespace gradus {

FactorizationMachine::FactorizationMachine(const std::vector<std::int64_t>& rows,
                                           std::int64_t dimension, double l2)
    : bias_(parameter("bias", {1}, zeros())) {
  if (rows.empty()) fail("factorization_machine: there are no fields");
  for (std::size_t field = 0; field < rows.size(); ++field) {
    weights_.push_back(
        &child<Embedding>(fmt::format("{}_weight", field), rows[field], 1, l2, zeros()));
    vectors_.push_back(
        &child<Embedding>(fmt::format("{}_vector", field), rows[field], dimension, l2));
  }
}

Value FactorizationMachine::operator()(const std::vector<Value>& ids, Where where) const {
  if (ids.size() != weights_.size()) {
    fail("factorization_machine: {} fields are given, it was made for {} ({}:{})", ids.size(),
         weights_.size(), where.file, where.line);
  }
  const auto at = [&where](Value value) { return Operand(value, where.file, where.line); };
  Graph& graph = ids[0].graph();
  const auto scope = enter(graph);
  Value linear = bias_.in(graph);
  std::vector<Value> vectors;
  for (std::size_t field = 0; field < ids.size(); ++field) {
    linear = at((*weights_[field])(at(ids[field]))) + linear;
    vectors.push_back((*vectors_[field])(at(ids[field])));
  }
  return at(factorization_machine(at(stack(vectors, 1, where)))) + linear;
}

}  // namespace gradus

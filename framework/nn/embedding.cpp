#include "framework/nn/embedding.h"

#include <utility>

#include "framework/ops/embedding.h"

namespace gradus {

Embedding::Embedding(std::int64_t rows, std::int64_t dimension, double l2, Initializer initializer)
    : weight_(parameter("weight", {rows, dimension}, std::move(initializer), l2)) {}

Value Embedding::operator()(Operand ids) const {
  Graph& graph = ids.value.graph();
  const auto scope = enter(graph);
  return embedding(Operand(weight_.in(graph), ids.where.file, ids.where.line), ids);
}

}  // namespace gradus

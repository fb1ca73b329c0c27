#include "framework/nn/embedding_bag.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/ops/broadcast.h"
#include "framework/ops/compare.h"
#include "framework/ops/divide.h"
#include "framework/ops/embedding.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scale.h"
#include "framework/ops/sqrt.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"
#include "framework/ops/where.h"

namespace gradus {

EmbeddingBag::EmbeddingBag(std::int64_t rows, std::int64_t dimension, const std::string& combiner,
                           double l2, Initializer initializer)
    : weight_(parameter("weight", {rows, dimension}, std::move(initializer), l2)) {
  if (combiner == "sum") {
    combiner_ = Combiner::sum;
  } else if (combiner == "mean") {
    combiner_ = Combiner::mean;
  } else if (combiner == "sqrtn") {
    combiner_ = Combiner::sqrtn;
  } else {
    fail("embedding_bag: the combiner must be sum, mean or sqrtn, not '{}'", combiner);
  }
}

Value EmbeddingBag::operator()(Operand ids, Value weights) const {
  Graph& graph = ids.value.graph();
  const auto scope = enter(graph);
  const Shape shape = ids.value.shape();
  const auto at = [&ids](Value value) { return Operand(value, ids.where.file, ids.where.line); };
  if (shape.rank() != 2 || shape[1].times_batch) {
    throw Error(fmt::format("embedding_bag: ids must be [batch, places], not {}{}", shape.text(),
                            graph.place(ids.where)));
  }
  const Value rows = embedding(at(weight_.in(graph)), ids);  // [batch, places, dimension]
  if (!weights) {
    const auto places = static_cast<double>(shape[1].size);
    const double factor = combiner_ == Combiner::sum    ? 1.0
                          : combiner_ == Combiner::mean ? 1.0 / std::max(1.0, places)
                                                        : 1.0 / std::sqrt(std::max(1.0, places));
    return scale(at(sum(at(rows), 1)), factor);
  }
  require_same_shape("embedding_bag", ids, weights);
  const Value weighted = sum(at(at(rows) * reshape(at(weights), {shape[0], shape[1], 1})), 1);
  if (combiner_ == Combiner::sum) return weighted;
  const Value total =
      combiner_ == Combiner::mean ? sum(at(weights), 1) : sqrt(at(sum(at(square(at(weights))), 1)));
  const Value column = reshape(at(total), {shape[0], 1});
  // By 1 where all weights are 0, and with them the sum.
  const Value none = equal(at(column), scale(at(column), 0.0));
  return at(weighted) / where(at(none), scale(at(column), 0.0, 1.0), column);
}

}  // namespace gradus

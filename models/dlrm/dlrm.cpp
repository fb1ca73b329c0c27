#include "models/dlrm/dlrm.h"

#include <utility>

#include "framework/ops/concat.h"
#include "framework/ops/dot_interaction.h"
#include "framework/ops/stack.h"

namespace gradus {

DlrmModel::DlrmModel(const Options& options, const std::vector<Table>& tables,
                     std::vector<std::string> numbers)
    : numbers_(std::move(numbers)) {
  const std::int64_t dimension = options.embedding_dimension;
  for (const auto& [column, rows] : tables) {
    lookups_.push_back({column, &child<Embedding>(column + "_embedding", rows, dimension)});
  }
  auto vectors = static_cast<std::int64_t>(tables.size());
  std::int64_t width = 0;
  if (!numbers_.empty()) {
    bottom_ = &child<Mlp>("bottom", static_cast<std::int64_t>(numbers_.size()), options.bottom,
                          dimension, kernels::Activation::relu);
    ++vectors;
    width = dimension;
  }
  top_ = &child<Mlp>("top", width + vectors * (vectors - 1) / 2, options.top, 1);
}

Value DlrmModel::forward(const Features& x) const {
  std::vector<Value> vectors;
  if (bottom_ != nullptr) {
    std::vector<Value> numbers;
    for (const std::string& column : numbers_) numbers.push_back(x[column]);
    vectors.push_back((*bottom_)(stack(numbers, 1)));
  }
  for (const auto& [column, embedding] : lookups_) vectors.push_back((*embedding)(x[column]));
  const Value products = dot_interaction(stack(vectors, 1));
  return (*top_)(bottom_ == nullptr ? products : concat({vectors[0], products}, 1));
}

}  // namespace gradus

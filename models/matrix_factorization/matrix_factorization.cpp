#include "models/matrix_factorization/matrix_factorization.h"

#include "framework/ops/add.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

const Vocabulary& known(const Vocabularies::Entry* column, std::string_view kind) {
  if (column == nullptr) {
    fail_config("/model/kind",
                "matrix_factorization needs a user and an item column, and there is "
                "no {} column",
                kind);
  }
  return column->vocabulary;
}

}  // namespace

MatrixFactorizationModel::MatrixFactorizationModel(const Options& options, const Vocabularies& ids)
    : bias_(parameter("bias", {1}, constant(options.initial_bias))) {
  const std::int64_t users = std::int64_t{known(ids.user(), "user").size()} + 1;
  const std::int64_t items = std::int64_t{known(ids.item(), "item").size()} + 1;
  user_ = ids.user()->name;
  item_ = ids.item()->name;
  const int dimension = options.embedding_dimension;
  user_embedding_ = &child<Embedding>("user_embedding", users, dimension, options.embedding_l2);
  item_embedding_ = &child<Embedding>("item_embedding", items, dimension, options.embedding_l2);
  user_bias_ = &child<Embedding>("user_bias", users, 1, options.bias_l2, zeros());
  item_bias_ = &child<Embedding>("item_bias", items, 1, options.bias_l2, zeros());
}

Value MatrixFactorizationModel::forward(const Features& x) const {
  const Value user = x[user_];
  const Value item = x[item_];
  const Value products = (*user_embedding_)(user) * (*item_embedding_)(item);
  return reshape(sum(products, 1), {kBatch, 1}) + (*user_bias_)(user) + (*item_bias_)(item) +
         bias_.in(user.graph());
}

}  // namespace gradus

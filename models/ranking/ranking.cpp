#include "models/ranking/ranking.h"

#include <algorithm>

#include "framework/ops/add.h"
#include "framework/ops/concat.h"

namespace gradus {
namespace {

/// "user" for the column user_id, "movie" for movie_title, unless another column would have the
/// same name.
std::string short_name(const std::string& column, const std::vector<std::string>& columns) {
  const auto stem = [](const std::string& name) {
    for (const std::string_view ending : {"_id", "_title"}) {
      if (name.size() > ending.size() && name.ends_with(ending)) {
        return name.substr(0, name.size() - ending.size());
      }
    }
    return name;
  };
  const bool alone = std::count_if(columns.begin(), columns.end(), [&](const std::string& other) {
                       return stem(other) == stem(column);
                     }) == 1;
  return alone ? stem(column) : column;
}

std::vector<std::string> default_features(const Vocabularies& ids) {
  std::vector<std::string> columns;
  if (ids.user() != nullptr) columns.push_back(ids.user()->name);
  if (ids.item() != nullptr) columns.push_back(ids.item()->name);
  if (columns.empty()) {
    fail_config("/model/features",
                "the data has no user and no item column: name the id columns to look up");
  }
  return columns;
}

/// The strings of a column that `features` names.
const Vocabulary& vocabulary(const Vocabularies& ids, const std::string& column) {
  try {
    return ids[column];
  } catch (const Error& error) {
    fail_config("/model/features", "{}", error.what());
  }
}

}  // namespace

RankingModel::RankingModel(const Options& options, const Vocabularies& ids) {
  const auto columns = options.features.empty() ? default_features(ids) : options.features;
  const int dimension = options.embedding_dimension;
  for (const std::string& column : columns) {
    const auto same = std::count(columns.begin(), columns.end(), column);
    if (same > 1) fail_config("/model/features", "'{}' is named {} times", column, same);
    const Vocabulary& known = vocabulary(ids, column);
    const std::int64_t rows = std::int64_t{known.size()} + 1;
    const std::string name = short_name(column, columns);
    tables_.push_back(
        {.column = column,
         .embedding = &child<Embedding>(name + "_embedding", rows, dimension, options.embedding_l2),
         .bias = options.biases
                     ? &child<Embedding>(name + "_bias", rows, 1, options.bias_l2, zeros())
                     : nullptr});
  }
  ratings_ =
      &child<Mlp>("ratings", static_cast<std::int64_t>(columns.size()) * dimension, options.layers,
                  1, kernels::Activation::none, options.layer_l2, options.dropout);
}

Value RankingModel::forward(const Features& x) const {
  std::vector<Value> vectors;
  for (const Table& table : tables_) vectors.push_back((*table.embedding)(x[table.column]));
  Value out = (*ratings_)(concat(vectors, 1), x.random_key());
  for (const Table& table : tables_) {
    if (table.bias != nullptr) out = out + (*table.bias)(x[table.column]);
  }
  return out;
}

}  // namespace gradus

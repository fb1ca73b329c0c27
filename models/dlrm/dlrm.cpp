#include "models/dlrm/dlrm.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/data/text.h"
#include "framework/ops/concat.h"
#include "framework/ops/dot_interaction.h"
#include "framework/ops/stack.h"

namespace gradus {
namespace {

/// Throws Error where there is a feature that no column has, or one that is named twice.
void check_features(const std::vector<std::string>& features,
                    const std::vector<std::string>& columns) {
  for (const std::string& feature : features) {
    if (std::ranges::find(columns, feature) == columns.end()) {
      const std::string nearest = nearest_name(feature, columns);
      fail_config("/model/features", "no id or number column {}{}; the columns: {}",
                  in_quotes(feature),
                  nearest.empty() ? "" : fmt::format(", nearest is {}", in_quotes(nearest)),
                  fmt::join(columns, ", "));
    }
    const auto same = std::ranges::count(features, feature);
    if (same > 1) fail_config("/model/features", "'{}' is named {} times", feature, same);
  }
}

/// "" where there are vectors enough, else what is wrong.
std::string too_few(std::size_t tables, std::size_t numbers) {
  const std::size_t vectors = tables + (numbers > 0 ? 1 : 0);
  if (vectors >= 2) return "";
  return fmt::format(
      "products of pairs need two vectors at least, one of each id column and one of all numbers; "
      "{} id and {} number columns give {}",
      tables, numbers, vectors);
}

}  // namespace

DlrmModel::Columns DlrmModel::chosen(const Options& options, const Vocabularies& columns) {
  Columns all{{}, columns.numbers()};
  for (const auto& [name, kind, vocabulary] : columns) {
    all.tables.push_back({name, std::int64_t{vocabulary.size()} + 1});
  }
  Columns out = all;
  if (!options.features.empty()) {
    std::vector<std::string> names;
    for (const Table& table : all.tables) names.push_back(table.column);
    names.insert(names.end(), all.numbers.begin(), all.numbers.end());
    check_features(options.features, names);
    out = {};
    for (const std::string& feature : options.features) {
      const auto table = std::ranges::find(all.tables, feature, &Table::column);
      if (table == all.tables.end()) {
        out.numbers.push_back(feature);
      } else {
        out.tables.push_back(*table);
      }
    }
  }
  const std::string wrong = too_few(out.tables.size(), out.numbers.size());
  if (!wrong.empty()) fail_config("/model/features", "{}", wrong);
  return out;
}

DlrmModel::DlrmModel(const Options& options, const Vocabularies& columns)
    : DlrmModel(options, chosen(options, columns)) {}

DlrmModel::DlrmModel(const Options& options, Columns columns)
    : DlrmModel(options, columns.tables, std::move(columns.numbers)) {}

DlrmModel::DlrmModel(const Options& options, const std::vector<Table>& tables,
                     std::vector<std::string> numbers)
    : numbers_(std::move(numbers)) {
  const std::string wrong = too_few(tables.size(), numbers_.size());
  if (!wrong.empty()) fail("dlrm: {}", wrong);
  const std::int64_t dimension = options.embedding_dimension;
  for (const auto& [column, rows] : tables) {
    const double range = std::sqrt(1.0 / static_cast<double>(rows));
    lookups_.push_back(
        {column, &child<Embedding>(column + "_embedding", rows, dimension, 0.0, uniform(range))});
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

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/data/vocabulary.h"
#include "framework/nn/embedding.h"
#include "framework/nn/mlp.h"
#include "framework/nn/model.h"
#include "framework/ops/concat.h"
#include "framework/ops/reshape.h"

namespace gradus::tests {

/// All that a table has, side by side, through dense layers to one number: each id's vector and
/// each number itself.
class NumberModel : public Model {
 public:
  struct Options {
    template <class Visitor>
    void fields(Visitor&) {}
  };
  NumberModel(const Options&, const Vocabularies& columns) : numbers_(columns.numbers()) {
    for (const auto& [name, kind, vocabulary] : columns) {
      tables_.emplace_back(name, &child<Embedding>(name, vocabulary.size() + 1, kDimension));
    }
    const std::size_t width = tables_.size() * kDimension + numbers_.size();
    layers_ = &child<Mlp>("layers", static_cast<std::int64_t>(width), std::vector<int>{16}, 1);
  }

  Value forward(const Features& x) const override {
    std::vector<Value> values;
    for (const auto& [name, table] : tables_) values.push_back((*table)(x[name]));
    for (const std::string& name : numbers_) values.push_back(reshape(x[name], {kBatch, 1}));
    return (*layers_)(concat(values, 1));
  }

 private:
  static constexpr int kDimension = 3;
  std::vector<std::pair<std::string, const Embedding*>> tables_;
  std::vector<std::string> numbers_;
  const Mlp* layers_;
};

}  // namespace gradus::tests

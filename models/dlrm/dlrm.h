#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/vocabulary.h"
#include "framework/nn/embedding.h"
#include "framework/nn/mlp.h"
#include "framework/nn/model.h"

namespace gradus {

/// The deep learning recommendation model (Naumov et al., 2019): numbers through dense layers to
/// one vector, ids to one vector each, the products of all pairs of these vectors, and dense layers
/// over those products and the numbers' vector. Tables start uniform in ±sqrt(1 / rows), as the
/// paper's program has it: among vectors as short as ±0.05 makes them, products start so near to 0
/// that hardly anything is learnt through them. Parameters are `<column>_embedding.weight`,
/// `bottom.0.weight`, … and `top.0.weight`, ….
class DlrmModel : public Model {
 public:
  struct Options {
    int embedding_dimension = 16;
    std::vector<int> bottom = {512, 256};
    std::vector<int> top = {512, 256};
    std::vector<std::string> features = {};
    template <class Visitor>
    void fields(Visitor& v) {
      v("embedding_dimension", embedding_dimension, range(1, 65536), "width of every vector");
      v("bottom", bottom, each(range(1, 65536)),
        "widths of the hidden layers over the numbers, relu after each");
      v("top", top, each(range(1, 65536)),
        "widths of the hidden layers over the products, relu between");
      v("features", features, anything(), "the id and number columns to read; by default all");
    }
  };

  /// An id column and the rows of its table: its ids are from 0 to rows - 1.
  struct Table {
    std::string column;  ///< as the data has it
    std::int64_t rows;   ///< one more than there are strings
  };

  /// Throws Error for a feature that there is not or that is named twice, and where there are fewer
  /// than two vectors.
  DlrmModel(const Options& options, const Vocabularies& columns);
  /// For who encodes ids on their own: reads these columns, whatever `options.features` says.
  /// Throws Error where there are fewer than two vectors.
  DlrmModel(const Options& options, const std::vector<Table>& tables,
            std::vector<std::string> numbers);

  /// [batch] ids and numbers each -> [batch, 1] predictions or logits.
  Value forward(const Features& x) const override;

 private:
  struct Columns {
    std::vector<Table> tables;
    std::vector<std::string> numbers;
  };
  struct Lookup {
    std::string column;
    const Embedding* embedding;
  };

  DlrmModel(const Options& options, Columns columns);
  static Columns chosen(const Options& options, const Vocabularies& columns);

  std::vector<Lookup> lookups_;
  std::vector<std::string> numbers_;
  const Mlp* bottom_ = nullptr;  // null where there are no numbers
  const Mlp* top_;
};

}  // namespace gradus

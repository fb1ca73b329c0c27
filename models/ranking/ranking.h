#pragma once

#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/vocabulary.h"
#include "framework/nn/embedding.h"
#include "framework/nn/mlp.h"
#include "framework/nn/model.h"

namespace gradus {

/// The model of TFRS' tutorial "Recommending movies: ranking": each id's vector, side by side,
/// through dense layers to one number. On request each id also adds a bias of its own.
class RankingModel : public Model {
 public:
  struct Options {
    int embedding_dimension = 32;
    std::vector<int> layers = {256, 64};
    std::vector<std::string> features = {};
    double embedding_l2 = 0.0;
    double layer_l2 = 0.0;
    double dropout = 0.0;
    bool biases = false;
    double bias_l2 = 0.0;
    template <class Visitor>
    void fields(Visitor& v) {
      v("embedding_dimension", embedding_dimension, range(1, 65536), "width of each id's vector");
      v("layers", layers, each(range(1, 65536)), "widths of the hidden layers, relu between");
      v("features", features, anything(),
        "the id columns to look up; by default the user's and the item's");
      v("embedding_l2", embedding_l2, at_least(0),
        "adds this times the sum of squares of the tables to the loss");
      v("layer_l2", layer_l2, at_least(0),
        "adds this times the sum of squares of the layers' weights to the loss");
      v("dropout", dropout, range(0.0, 0.99),
        "how much of the hidden layers' outputs a training step drops at random");
      v("biases", biases, anything(), "whether each id adds a learnt number of its own");
      v("bias_l2", bias_l2, at_least(0),
        "adds this times the sum of squares of the biases to the loss");
    }
  };
  RankingModel(const Options& options, const Vocabularies& ids);

  /// [batch] ids each -> [batch, 1] predicted rating.
  Value forward(const Features& x) const override;

 private:
  struct Table {
    std::string column;
    const Embedding* embedding;
    const Embedding* bias;  // null: none
  };
  std::vector<Table> tables_;
  const Mlp* ratings_;
};

}  // namespace gradus

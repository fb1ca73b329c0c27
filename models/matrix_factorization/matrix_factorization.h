#pragma once

#include <string>

#include "framework/core/options.h"
#include "framework/data/vocabulary.h"
#include "framework/nn/embedding.h"
#include "framework/nn/model.h"

namespace gradus {

/// Biased matrix factorisation: bias + user's bias + item's bias + user's vector · item's vector
/// (Koren, Bell and Volinsky, "Matrix Factorization Techniques for Recommender Systems", 2009,
/// equation 4).
class MatrixFactorizationModel : public Model {
 public:
  struct Options {
    int embedding_dimension = 32;
    double embedding_l2 = 0.0;
    double bias_l2 = 0.0;
    double initial_bias = 0.0;
    template <class Visitor>
    void fields(Visitor& v) {
      v("embedding_dimension", embedding_dimension, range(1, 65536), "width of each id's vector");
      v("embedding_l2", embedding_l2, at_least(0),
        "adds this times the sum of squares of the vectors to the loss");
      v("bias_l2", bias_l2, at_least(0),
        "adds this times the sum of squares of the users' and the items' biases to the loss");
      v("initial_bias", initial_bias, range(-1e6, 1e6),
        "what everything is predicted as at first, such as the middle of the ratings; learnt");
    }
  };
  /// Throws Error where the data have no user or no item column.
  MatrixFactorizationModel(const Options& options, const Vocabularies& ids);

  /// [batch] ids of users and of items -> [batch, 1] predicted ratings.
  Value forward(const Features& x) const override;

 private:
  std::string user_;
  std::string item_;
  const Embedding* user_embedding_;
  const Embedding* item_embedding_;
  const Embedding* user_bias_;
  const Embedding* item_bias_;
  const Parameter& bias_;
};

}  // namespace gradus

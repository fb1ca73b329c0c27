#include "framework/data/vocabulary.h"
#include "framework/experiment/program.h"
#include "framework/nn/embedding.h"
#include "framework/nn/model.h"
#include "framework/ops/add.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sum.h"

using namespace gradus;

/// A guest's vector times a dish's vector, and how much the dish is liked by all.
class Taste : public Model {
 public:
  struct Options {
    int dimension = 8;
    template <class Visitor>
    void fields(Visitor& v) {
      v("dimension", dimension, range(1, 1024), "width of each vector");
    }
  };
  Taste(const Options& options, const Vocabularies& ids)
      : guest_(child<Embedding>("guest", ids["guest"].size() + 1, options.dimension)),
        dish_(child<Embedding>("dish", ids["dish"].size() + 1, options.dimension)),
        liked_(child<Embedding>("liked", ids["dish"].size() + 1, 1)) {}

  Value forward(const Features& x) const override {
    return reshape(sum(guest_(x["guest"]) * dish_(x["dish"]), 1), {kBatch, 1}) + liked_(x["dish"]);
  }

 private:
  const Embedding &guest_, &dish_, &liked_;
};

int main(int argc, char** argv) {
  return experiment::run(argc, argv, {kind<ModelSignature, Taste>("taste", "what guests like")});
}

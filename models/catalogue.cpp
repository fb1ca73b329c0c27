#include "models/catalogue.h"

#include "models/dlrm/dlrm.h"
#include "models/matrix_factorization/matrix_factorization.h"
#include "models/ranking/ranking.h"

namespace gradus {

const ModelCatalogue& models() {
  static const ModelCatalogue kCatalogue{
      kind<ModelSignature, RankingModel>("ranking", "ids' vectors through dense layers"),
      kind<ModelSignature, DlrmModel>(
          "dlrm", "products of ids' vectors and of the numbers', through dense layers"),
      kind<ModelSignature, MatrixFactorizationModel>(
          "matrix_factorization", "a user's bias, an item's, and the product of their vectors"),
  };
  return kCatalogue;
}

}  // namespace gradus

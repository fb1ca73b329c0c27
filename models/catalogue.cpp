#include "models/catalogue.h"

#include "models/ranking/ranking.h"

namespace gradus {

const ModelCatalogue& models() {
  static const ModelCatalogue catalogue{
      kind<ModelSignature, RankingModel>("ranking", "ids' vectors through dense layers"),
  };
  return catalogue;
}

}  // namespace gradus

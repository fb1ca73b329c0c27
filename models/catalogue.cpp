#include "models/catalogue.h"

#include "models/ranking/ranking.h"

namespace gradus {

const ModelCatalogue& models() {
  static const ModelCatalogue kCatalogue{
      kind<ModelSignature, RankingModel>("ranking", "ids' vectors through dense layers"),
  };
  return kCatalogue;
}

}  // namespace gradus

#include "models/catalogue.h"

#include "models/dlrm/dlrm.h"
#include "models/ranking/ranking.h"

namespace gradus {

const ModelCatalogue& models() {
  static const ModelCatalogue kCatalogue{
      kind<ModelSignature, RankingModel>("ranking", "ids' vectors through dense layers"),
      kind<ModelSignature, DlrmModel>(
          "dlrm", "products of ids' vectors and of the numbers', through dense layers"),
  };
  return kCatalogue;
}

}  // namespace gradus

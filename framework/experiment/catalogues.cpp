#include "framework/experiment/catalogues.h"

#include <utility>

#include "framework/data/sources.h"
#include "framework/data/splits.h"
#include "framework/optim/optimizers.h"
#include "framework/train/task.h"

namespace gradus::experiment {

Catalogues with_framework(ModelCatalogue models) {
  return {.models = std::move(models),
          .tasks = tasks(),
          .optimizers = optimizers(),
          .sources = data_sources(),
          .splitters = splitters()};
}

}  // namespace gradus::experiment

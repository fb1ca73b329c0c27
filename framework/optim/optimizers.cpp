#include "framework/optim/optimizers.h"

#include "framework/optim/adagrad.h"
#include "framework/optim/adam.h"
#include "framework/optim/sgd.h"

namespace gradus {

const std::vector<OptimizerKind>& optimizers() {
  using Signature = std::unique_ptr<Optimizer>();
  static const std::vector<OptimizerKind> kKinds{
      kind<Signature, Adagrad>("adagrad", "steps shrink by the gradients so far; rows stay sparse"),
      kind<Signature, Adam>("adam", "means of gradients and of their squares; moves all rows"),
      kind<Signature, Sgd>("sgd", "plain steps, with momentum on request"),
  };
  return kKinds;
}

}  // namespace gradus

#include "framework/optim/optimizers.h"

#include "framework/optim/adadelta.h"
#include "framework/optim/adagrad.h"
#include "framework/optim/adam.h"
#include "framework/optim/adamax.h"
#include "framework/optim/adamw.h"
#include "framework/optim/clippy_adagrad.h"
#include "framework/optim/ftrl.h"
#include "framework/optim/lamb.h"
#include "framework/optim/lazy_adam.h"
#include "framework/optim/rmsprop.h"
#include "framework/optim/rowwise_adagrad.h"
#include "framework/optim/sgd.h"

namespace gradus {

const std::vector<OptimizerKind>& optimizers() {
  using Signature = std::unique_ptr<Optimizer>();
  static const std::vector<OptimizerKind> kKinds{
      kind<Signature, Adadelta>("adadelta", "steps in proportion to the last ones; moves all rows"),
      kind<Signature, Adagrad>("adagrad", "steps shrink by the gradients so far; rows stay sparse"),
      kind<Signature, Adam>("adam", "means of gradients and of their squares; moves all rows"),
      kind<Signature, Adamax>("adamax", "Adam by the largest gradient; moves all rows"),
      kind<Signature, AdamW>("adamw", "Adam with weight decay; moves all rows"),
      kind<Signature, ClippyAdagrad>("clippy_adagrad",
                                     "Adagrad with its steps held in; rows stay sparse"),
      kind<Signature, Ftrl>("ftrl",
                            "follows the regularised leader, to weights of 0; moves all rows"),
      kind<Signature, Lamb>("lamb", "Adam's steps by the length of the weights; moves all rows"),
      kind<Signature, LazyAdam>("lazy_adam", "Adam of the rows looked up; rows stay sparse"),
      kind<Signature, RmsProp>("rmsprop", "steps by the mean of squared gradients; moves all rows"),
      kind<Signature, RowwiseAdagrad>("rowwise_adagrad",
                                      "Adagrad with one sum a row; rows stay sparse"),
      kind<Signature, Sgd>("sgd", "plain steps, with momentum on request"),
  };
  return kKinds;
}

}  // namespace gradus

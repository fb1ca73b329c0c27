#include "framework/ops/mean_squared_error.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"

namespace gradus {

Value mean_squared_error(Operand predictions, Operand labels, Value weights) {
  require_same_shape("mean_squared_error", predictions, labels.value);
  return mean_loss("mean_squared_error", predictions, square(predictions - labels), weights);
}

}  // namespace gradus

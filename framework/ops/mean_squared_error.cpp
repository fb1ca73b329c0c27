#include "framework/ops/mean_squared_error.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/mean.h"
#include "framework/ops/multiply.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"

namespace gradus {

Value mean_squared_error(Operand predictions, Operand labels, Value weights) {
  require_same_shape("mean_squared_error", predictions, labels.value);
  const Value error = square(predictions - labels);
  if (!weights) return mean(error);
  require_same_shape("mean_squared_error", predictions, weights);
  return mean(weights * error);
}

}  // namespace gradus

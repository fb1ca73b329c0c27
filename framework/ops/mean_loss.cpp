#include "framework/ops/mean_loss.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/mean.h"
#include "framework/ops/multiply.h"

namespace gradus {

Value mean_loss(std::string_view op, const Operand& x, Value losses, Value weights) {
  if (!weights) return mean(losses);
  checked(x, [&] { require_same_shape(op, losses.shape(), weights.shape()); });
  return mean(weights * losses);
}

}  // namespace gradus

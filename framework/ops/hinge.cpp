#include "framework/ops/hinge.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/scale.h"

namespace gradus {

Value hinge(Operand scores, Operand labels, Value weights) {
  constexpr std::string_view kName = "hinge";
  require_same_shape(kName, scores, labels.value);
  const Value agreement = scale(labels, 2.0, -1.0) * scores.value;
  return mean_loss(kName, scores, relu(scale(agreement, -1.0, 1.0)), weights);
}

}  // namespace gradus

#include "framework/ops/pairwise_hinge.h"

#include "framework/ops/lists.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/scale.h"

namespace gradus {

Value pairwise_hinge(Operand scores, Operand labels, Value weights) {
  check_lists("pairwise_hinge", scores, labels.value, weights);
  const Value losses = relu(scale(pair_differences(scores.value), -1.0, 1.0));
  const Value pairs = losses * pairs_above(labels.value, weights);
  return mean_over_lists(weights ? pairs * as_first_of_pairs(weights) : pairs);
}

}  // namespace gradus

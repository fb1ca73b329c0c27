#include "framework/ops/listwise_softmax.h"

#include "framework/ops/lists.h"
#include "framework/ops/masked_log_sum_exp.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/subtract.h"

namespace gradus {

Value listwise_softmax(Operand scores, Operand labels, Value weights) {
  check_lists("listwise_softmax", scores, labels.value, weights);
  const Value sums = masked_log_sum_exp(scores, weights ? items_there(weights) : Value());
  const Value losses = reshape(sums, {sums.shape()[0], 1}) - scores.value;
  const Value terms = labels.value * losses;
  return mean_over_lists(weights ? weights * terms : terms);
}

}  // namespace gradus

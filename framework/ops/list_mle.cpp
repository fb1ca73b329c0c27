#include "framework/ops/list_mle.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/lists.h"
#include "framework/ops/masked_log_sum_exp.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"

namespace gradus {

Value list_mle(Operand scores, Operand labels, Value weights) {
  check_lists("list_mle", scores, labels.value, weights);
  const Value left = pairs_not_before(labels.value, weights);
  const Value choices = broadcast_to(as_second_of_pairs(scores.value), left.shape());
  const Value terms = masked_log_sum_exp(choices, left) - scores.value;
  return mean_over_lists(weights ? weights * terms : terms);
}

}  // namespace gradus

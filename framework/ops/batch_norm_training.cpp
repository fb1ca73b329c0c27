#include "framework/ops/batch_norm_training.h"

#include "framework/ops/moments.h"
#include "framework/ops/normalize.h"
#include "framework/ops/slice.h"

namespace gradus {

Value batch_norm_training(Operand x, Value scale, Value shift, double epsilon) {
  const Shape& shape = x.value.shape();
  checked(x, [&] {
    const bool fits = shape.rank() == 2 && !shape[1].times_batch &&
                      scale.shape() == Shape{shape[1]} && shift.shape() == scale.shape();
    if (!fits) {
      fail("batch_norm_training: x must be [batch, n], scale and shift [n], not {}, {} and {}",
           shape.text(), scale.shape().text(), shift.shape().text());
    }
    if (!(epsilon > 0)) fail("batch_norm_training: epsilon must be above 0, not {}", epsilon);
  });
  const auto at = [&](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Value both = moments(x);
  return normalize(x, row_of(at(both), 0), row_of(at(both), 1), scale, shift, epsilon);
}

}  // namespace gradus

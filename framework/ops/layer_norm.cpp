#include "framework/ops/layer_norm.h"

#include "framework/ops/add.h"
#include "framework/ops/multiply.h"
#include "framework/ops/standardize.h"

namespace gradus {

Value layer_norm(Operand x, Value scale, Value shift, double epsilon) {
  const Shape& shape = x.value.shape();
  checked(x, [&] {
    const bool fits = shape.rank() > 0 && scale.shape() == Shape{shape[shape.rank() - 1]} &&
                      shift.shape() == scale.shape();
    if (!fits) {
      fail("layer_norm: x of shape {} needs a scale and a shift of its last axis, not {} and {}",
           shape.text(), scale.shape().text(), shift.shape().text());
    }
    if (!(epsilon > 0)) fail("layer_norm: epsilon must be above 0, not {}", epsilon);
  });
  const Value standard = standardize(x, -1, epsilon);
  const auto at = [&](Value value) { return Operand(value, x.where.file, x.where.line); };
  return at(at(standard) * scale) + shift;
}

}  // namespace gradus

#include "framework/ops/cross.h"

#include "framework/ops/add.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"

namespace gradus {

Value cross(Operand first, Operand x, Value weights, Value bias) {
  require_same_shape("cross", first, x.value);
  checked(first, [&] {
    const Shape& shape = x.value.shape();
    const bool fits = shape.rank() == 2 && weights.shape() == Shape{shape[1], shape[1]} &&
                      bias.shape() == Shape{shape[1]};
    if (!fits) {
      fail("cross: x must be [batch, n], weights [n, n] and bias [n], not {}, {} and {}",
           shape.text(), weights.shape().text(), bias.shape().text());
    }
  });
  const auto at = [&](Value value) { return Operand(value, first.where.file, first.where.line); };
  return at(first * at(at(matmul(x, weights)) + bias)) + x;
}

}  // namespace gradus

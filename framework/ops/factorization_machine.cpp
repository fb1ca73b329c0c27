#include "framework/ops/factorization_machine.h"

#include "framework/ops/reshape.h"
#include "framework/ops/scale.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {

Value factorization_machine(Operand x) {
  const Shape& shape = x.value.shape();
  checked(x, [&] {
    if (shape.rank() != 3 || shape[1].times_batch || shape[2].times_batch) {
      fail("factorization_machine: the shape must be [batch, fields, dimension], not {}",
           shape.text());
    }
  });
  const auto at = [&](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Value of_sum = square(at(sum(x, 1)));
  const Value of_each = sum(at(square(x)), 1);
  const Value pairs = sum(at(at(of_sum) - of_each), 1);
  return reshape(at(scale(at(pairs), 0.5)), {shape[0], 1});
}

}  // namespace gradus

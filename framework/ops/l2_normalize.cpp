#include "framework/ops/l2_normalize.h"

#include <limits>

#include "framework/ops/broadcast.h"
#include "framework/ops/clip.h"
#include "framework/ops/divide.h"
#include "framework/ops/sqrt.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"

namespace gradus {

Value l2_normalize(Operand x, int axis, double epsilon) {
  const int along = checked_axis("l2_normalize", x, axis);
  checked(x, [&] {
    if (!(epsilon > 0)) fail("l2_normalize: epsilon must be above 0, not {}", epsilon);
  });
  const auto at = [&](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Value squares = sum_to(at(square(x)), keep_axis(x.value.shape(), along));
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  return x / at(sqrt(at(clip(at(squares), epsilon, kUnbounded))));
}

}  // namespace gradus

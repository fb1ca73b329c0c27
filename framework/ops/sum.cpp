#include "framework/ops/sum.h"

#include "framework/ops/broadcast.h"
#include "framework/ops/reshape.h"

namespace gradus {

int checked_axis(std::string_view op, const Operand& x, int axis) {
  return checked(x, [&] {
    const Shape& shape = x.value.shape();
    const int from_first = axis < 0 ? axis + shape.rank() : axis;
    if (from_first < 0 || from_first >= shape.rank()) {
      fail("{}: shape {} has no axis {}", op, shape.text(), axis);
    }
    return from_first;
  });
}

Shape keep_axis(const Shape& x, int axis) {
  Shape out = x;
  out[axis] = 1;
  return out;
}

Shape drop_axis(const Shape& x, int axis) {
  Shape out;
  for (int a = 0; a < x.rank(); ++a) {
    if (a != axis) out.push_back(x[a]);
  }
  return out;
}

Value sum(Operand x) { return sum_to(x, Shape{}); }

Value sum(Operand x, int axis) {
  const Shape& shape = x.value.shape();
  const int along = checked_axis("sum", x, axis);
  const Shape dropped = drop_axis(shape, along);
  return reshape({sum_to(x, keep_axis(shape, along)), x.where.file, x.where.line}, dropped);
}

}  // namespace gradus

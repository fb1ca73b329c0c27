#include "framework/ops/pad.h"

#include "framework/graph/builtin.h"
#include "framework/ops/concat.h"
#include "framework/ops/sum.h"

namespace gradus {

Value pad(Operand x, int axis, std::int64_t before, std::int64_t after, double value) {
  const int along = checked_axis("pad", x, axis);
  const Shape& shape = x.value.shape();
  checked(x, [&] {
    if (before < 0 || after < 0) {
      fail("pad: {} and {} elements cannot be added, as one is negative", before, after);
    }
    if (shape[along].times_batch) {
      fail("pad: axis {} of {} grows with the batch", along, shape.text());
    }
  });
  const auto padding = [&](std::int64_t size) {
    Shape part = shape;
    part[along] = size;
    return constant(x.value.graph(), part, value);
  };
  std::vector<Value> parts;
  if (before > 0) parts.push_back(padding(before));
  parts.push_back(x.value);
  if (after > 0) parts.push_back(padding(after));
  return parts.size() == 1 ? x.value : concat(parts, along, x.where);
}

}  // namespace gradus

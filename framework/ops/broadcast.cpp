#include "framework/ops/broadcast.h"

#include <algorithm>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/reduce.h"

namespace gradus {
namespace {

bool is_one(const Dimension& d) { return d == Dimension{1}; }

Shape larger(std::span<const Value> x, const Attributes& a) {
  const auto& shape = a.get<Shape>("shape");
  if (!(broadcast_shapes("broadcast_to", x[0].shape(), shape) == shape)) {
    fail("broadcast_to: shape {} does not broadcast to {}", x[0].shape().text(), shape.text());
  }
  return shape;
}

Shape smaller(std::span<const Value> x, const Attributes& a) {
  const auto& shape = a.get<Shape>("shape");
  if (!(broadcast_shapes("sum_to", x[0].shape(), shape) == x[0].shape())) {
    fail("sum_to: shape {} cannot be summed to {}", x[0].shape().text(), shape.text());
  }
  return shape;
}

const Op kBroadcastTo{
    .name = "broadcast_to",
    .shape = larger,
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[0], c.output, [](float a, float) { return a; });
        },
    .gradient = [](Value y, Value dy) { return Gradients{sum_to(dy, y.input(0).shape())}; },
    .onnx = [](OnnxGraph& g,
               Value y) { return g.node("Expand", {g.name(y.input(0)), g.sizes(y.shape())}); },
};

const Op kSumTo{
    .name = "sum_to",
    .shape = smaller,
    .rows = [](Value y) { return y.shape().has_rows() ? Rows::each : Rows::sum; },
    .run = [](const Call& c) { kernels::sum_to(c.inputs[0], c.output, 1.0, c.accumulate); },
    .gradient = [](Value y, Value dy) { return Gradients{broadcast_to(dy, y.input(0).shape())}; },
    .flops = [](const Request& r) { return static_cast<double>(r.inputs[0].elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string sum =
              g.node("ReduceSum",
                     {g.name(y.input(0)), g.list(axes_between(y.input(0).shape(), y.shape()))},
                     {{"noop_with_empty_axes", std::int64_t{1}}});
          return g.reshaped(sum, y.shape());
        },
};

}  // namespace

Shape broadcast_shapes(std::string_view op, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape out;
  for (int axis = 0; axis < rank; ++axis) {
    const int in_a = axis - (rank - a.rank());
    const int in_b = axis - (rank - b.rank());
    const Dimension da = in_a < 0 ? Dimension{1} : a[in_a];
    const Dimension db = in_b < 0 ? Dimension{1} : b[in_b];
    if (!(da == db) && !is_one(da) && !is_one(db)) {
      fail("{}: shapes {} and {} do not broadcast (axis {}: {} against {})", op, a.text(), b.text(),
           axis, da.text(), db.text());
    }
    out.push_back(is_one(da) ? db : da);
  }
  return out;
}

std::vector<std::int64_t> axes_between(const Shape& larger, const Shape& smaller) {
  std::vector<std::int64_t> out;
  const int more = larger.rank() - smaller.rank();
  for (int axis = 0; axis < larger.rank(); ++axis) {
    if (axis < more || !(larger[axis] == smaller[axis - more])) out.push_back(axis);
  }
  return out;
}

void require_same_shape(std::string_view op, const Shape& a, const Shape& b) {
  if (!(a == b)) fail("{}: shapes {} and {} must be the same", op, a.text(), b.text());
}

void require_same_shape(std::string_view op, const Operand& a, Value b) {
  checked(a, [&] { require_same_shape(op, a.value.shape(), b.shape()); });
}

Value broadcast_to(Operand x, const Shape& shape) {
  if (x.value.shape() == shape) return x.value;
  return record(kBroadcastTo, {x}, {{"shape", shape}});
}

Value sum_to(Operand x, const Shape& shape) {
  if (x.value.shape() == shape) return x.value;
  return record(kSumTo, {x}, {{"shape", shape}});
}

}  // namespace gradus

#include "framework/ops/max.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Rows rows(Value y) { return y.input(0).shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

const Op kShareOfMax{
    .name = "share_of_max",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .rows = rows,
    .run = [](const Call& c) { kernels::share_of_max(c.inputs[0], axis_of(c.node), c.output); },
    .gradient = [](Value, Value) { return Gradients{}; },
};

const Op kMax{
    .name = "max",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
          if (x[0].shape()[axis] == Dimension{0}) {
            fail("max: axis {} of {} holds no element to be the largest", axis,
                 x[0].shape().text());
          }
          return keep_axis(x[0].shape(), axis);
        },
    .rows = rows,
    .run = [](const Call& c) { kernels::max_along(c.inputs[0], axis_of(c.node), c.output); },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dy * record(kShareOfMax, {y.input(0)}, y.node().attributes)};
        },
    .flops = [](const Request& r) { return static_cast<double>(r.inputs[0].elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("ReduceMax", y, {{"axes", std::vector{y.attribute<std::int64_t>("axis")}}});
        },
};

}  // namespace

Value max(Operand x, int axis) {
  const std::int64_t along = checked_axis("max", x, axis);
  const Value kept = record(kMax, {x}, {{"axis", along}});
  return reshape({kept, x.where.file, x.where.line},
                 drop_axis(x.value.shape(), static_cast<int>(along)));
}

}  // namespace gradus

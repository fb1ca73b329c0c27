#include "framework/ops/softmax.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Rows rows(Value y) { return y.input(0).shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

const Op kSoftmax{
    .name = "softmax",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .rows = rows,
    .run = [](const Call& c) { kernels::softmax(c.inputs[0], axis_of(c.node), c.output); },
    .gradient =
        [](Value y, Value dy) {
          const Value weighted = dy * y;
          return Gradients{weighted - y * sum_to(weighted, keep_axis(y.shape(), axis_of(y)))};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Softmax", y, {{"axis", y.attribute<std::int64_t>("axis")}});
        },
};

}  // namespace

Value softmax(Operand x, int axis) {
  const std::int64_t along = checked_axis("softmax", x, axis);
  return record(kSoftmax, {x}, {{"axis", along}});
}

}  // namespace gradus

#include "framework/ops/log_softmax.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/exp.h"
#include "framework/ops/multiply.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Rows rows(Value y) { return y.input(0).shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

const Op kLogSoftmax{
    .name = "log_softmax",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .rows = rows,
    .run = [](const Call& c) { kernels::log_softmax(c.inputs[0], axis_of(c.node), c.output); },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{dy - exp(y) * sum_to(dy, keep_axis(y.shape(), axis_of(y)))};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("LogSoftmax", y, {{"axis", y.attribute<std::int64_t>("axis")}});
        },
};

}  // namespace

Value log_softmax(Operand x, int axis) {
  const std::int64_t along = checked_axis("log_softmax", x, axis);
  return record(kLogSoftmax, {x}, {{"axis", along}});
}

}  // namespace gradus

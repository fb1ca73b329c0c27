#include "framework/ops/logsumexp.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Rows rows(Value y) { return y.input(0).shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

const Op kLogSumExp{
    .name = "logsumexp",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          return keep_axis(x[0].shape(), static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .rows = rows,
    .run = [](const Call& c) { kernels::log_sum_exp(c.inputs[0], axis_of(c.node), c.output); },
    .gradient = [](Value y, Value dy) { return Gradients{dy * softmax(y.input(0), axis_of(y))}; },
    .flops = [](const Request& r) { return static_cast<double>(r.inputs[0].elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("ReduceLogSumExp", y,
                        {{"axes", std::vector{y.attribute<std::int64_t>("axis")}}});
        },
};

}  // namespace

Value logsumexp(Operand x, int axis) {
  const std::int64_t along = checked_axis("logsumexp", x, axis);
  const Value kept = record(kLogSumExp, {x}, {{"axis", along}});
  return reshape({kept, x.where.file, x.where.line},
                 drop_axis(x.value.shape(), static_cast<int>(along)));
}

}  // namespace gradus

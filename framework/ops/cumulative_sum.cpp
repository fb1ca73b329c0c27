#include "framework/ops/cumulative_sum.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/cumulative_sum.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

const Op kCumulativeSum{
    .name = "cumulative_sum",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .rows = [](Value y) { return y.shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; },
    .run =
        [](const Call& c) {
          kernels::cumulative_sum(c.inputs[0], axis_of(c.node), c.node.attribute<bool>("reverse"),
                                  c.output);
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{cumulative_sum(dy, axis_of(y), !y.attribute<bool>("reverse"))};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::int64_t reverse = y.attribute<bool>("reverse") ? 1 : 0;
          return g.node("CumSum", {g.name(y.input(0)), g.list({axis_of(y)})},
                        {{"reverse", reverse}});
        },
};

}  // namespace

Value cumulative_sum(Operand x, int axis, bool reverse) {
  const std::int64_t along = checked_axis("cumulative_sum", x, axis);
  return record(kCumulativeSum, {x}, {{"axis", along}, {"reverse", reverse}});
}

}  // namespace gradus

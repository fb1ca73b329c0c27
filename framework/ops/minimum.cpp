#include "framework/ops/minimum.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/maximum.h"
#include "framework/ops/multiply.h"

namespace gradus {
namespace {

const Op kMinimum{
    .name = "minimum",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("minimum", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float a, float b) {
            const float chosen = a < b ? a : b;
            return a == a ? chosen : a;  // b's NaN is chosen, a's is not
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value a = y.input(0);
          const Value b = y.input(1);
          return Gradients{sum_to(dy * share_of_larger(b, a), a.shape()),
                           sum_to(dy * share_of_larger(a, b), b.shape())};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Min", y); },
};

}  // namespace

Value minimum(Operand a, Operand b) { return record(kMinimum, {a, b}); }

}  // namespace gradus

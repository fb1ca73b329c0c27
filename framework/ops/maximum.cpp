#include "framework/ops/maximum.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"

namespace gradus {
namespace {

const Op kShareOfLarger{
    .name = "share_of_larger",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("share_of_larger", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float a, float b) {
            const float larger = a > b ? 1.0F : 0.0F;
            return a == b ? 0.5F : larger;
          });
        },
    .gradient = [](Value, Value) { return Gradients{}; },
};

const Op kMaximum{
    .name = "maximum",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          return broadcast_shapes("maximum", x[0].shape(), x[1].shape());
        },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output, [](float a, float b) {
            const float chosen = a > b ? a : b;
            return a == a ? chosen : a;  // b's NaN is chosen, a's is not
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value a = y.input(0);
          const Value b = y.input(1);
          return Gradients{sum_to(dy * share_of_larger(a, b), a.shape()),
                           sum_to(dy * share_of_larger(b, a), b.shape())};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Max", y); },
};

}  // namespace

Value maximum(Operand a, Operand b) { return record(kMaximum, {a, b}); }

Value share_of_larger(Operand a, Operand b) { return record(kShareOfLarger, {a, b}); }

}  // namespace gradus

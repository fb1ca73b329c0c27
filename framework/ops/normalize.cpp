#include "framework/ops/normalize.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/normalize.h"
#include "framework/ops/divide.h"
#include "framework/ops/multiply.h"
#include "framework/ops/negative.h"
#include "framework/ops/scale.h"
#include "framework/ops/slice.h"
#include "framework/ops/sqrt.h"

namespace gradus {
namespace {

/// (x - mean) * factor + shift.
Value shift_and_scale(Operand x, Value mean, Value factor, Value shift);

/// The sums over the rows of dy and of dy * (x - mean): inputs dy, x, mean -> [2, n].
const Op kCentredSums{
    .name = "centred_sums",
    .shape = [](std::span<const Value> x, const Attributes&) { return Shape{2, x[1].shape()[1]}; },
    .rows = [](Value) { return Rows::sum; },
    .run =
        [](const Call& c) {
          kernels::centred_sums(c.inputs[0], c.inputs[1], c.inputs[2], c.output, c.accumulate);
        },
    .gradient =
        [](Value y, Value u) {
          const Value dy = y.input(0);
          const Value mean = y.input(2);
          return Gradients{shift_and_scale(y.input(1), mean, row_of(u, 1), row_of(u, 0)),
                           dy * row_of(u, 1), -(row_of(u, 1) * row_of(y, 0))};
        },
    .flops = [](const Request& r) { return 4.0 * static_cast<double>(r.inputs[0].elements()); },
};

const Op kShiftAndScale{
    .name = "shift_and_scale",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::shift_and_scale(c.inputs[0], c.inputs[1], c.inputs[2], c.inputs[3], c.output);
        },
    .gradient =
        [](Value y, Value dy) {
          const Value x = y.input(0);
          const Value mean = y.input(1);
          const Value factor = y.input(2);
          const Value sums = record(kCentredSums, {dy, x, mean});
          return Gradients{dy * factor, -(row_of(sums, 0) * factor), row_of(sums, 1),
                           row_of(sums, 0)};
        },
    .flops = [](const Request& r) { return 3.0 * static_cast<double>(r.output.elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string centred = g.node("Sub", {g.name(y.input(0)), g.name(y.input(1))});
          const std::string scaled = g.node("Mul", {centred, g.name(y.input(2))});
          return g.node("Add", {scaled, g.name(y.input(3))});
        },
};

Value shift_and_scale(Operand x, Value mean, Value factor, Value shift) {
  return record(kShiftAndScale, {x, mean, factor, shift});
}

}  // namespace

Value normalize(Operand x, Value mean, Value variance, Value scale, Value shift, double epsilon) {
  const Shape& shape = x.value.shape();
  checked(x, [&] {
    bool fits = shape.rank() == 2 && !shape[1].times_batch;
    for (const Value& other : {mean, variance, scale, shift}) {
      fits = fits && other.shape() == Shape{shape[1]};
    }
    if (!fits) {
      fail("normalize: x must be [batch, n], all others [n], not {}, {}, {}, {} and {}",
           shape.text(), mean.shape().text(), variance.shape().text(), scale.shape().text(),
           shift.shape().text());
    }
    if (!(epsilon > 0)) fail("normalize: epsilon must be above 0, not {}", epsilon);
  });
  const auto at = [&](Value value) { return Operand(value, x.where.file, x.where.line); };
  const Value deviation = sqrt(at(gradus::scale(at(variance), 1.0, epsilon)));
  return shift_and_scale(x, mean, at(scale) / deviation, shift);
}

}  // namespace gradus

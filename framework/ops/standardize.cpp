#include "framework/ops/standardize.h"

#include "framework/graph/differentiate.h"
#include "framework/graph/onnx.h"
#include "framework/kernels/normalize.h"
#include "framework/ops/divide.h"
#include "framework/ops/mean.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sqrt.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }
double epsilon_of(Value y) { return y.attribute<double>("epsilon"); }
Rows rows(Value y) { return y.shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

/// With y and s the standardized x and its deviation, (dy - mean(dy) - y * mean(dy * y)) / s.
/// Its own gradients are those of this formula, written out.
const Op kStandardizeGradient{
    .name = "standardize_gradient",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[1].shape(); },
    .rows = rows,
    .run =
        [](const Call& c) {
          kernels::standardize_gradient(c.inputs[0], c.inputs[1], axis_of(c.node),
                                        epsilon_of(c.node), c.output);
        },
    .gradient =
        [](Value dx, Value u) {
          // Copies: dy may itself depend on x.
          const Value dy = scale(dx.input(0), 1.0);
          const Value x = scale(dx.input(1), 1.0);
          const Shape kept = keep_axis(x.shape(), axis_of(dx));
          const Value centred = x - mean_to(x, kept);
          const Value variance = mean_to(square(centred), kept);
          const Value deviation = sqrt(scale(variance, 1.0, epsilon_of(dx)));
          const Value y = centred / deviation;
          const Value direct = dy - mean_to(dy, kept);
          const Value formula = (direct - y * mean_to(dy * y, kept)) / deviation;
          return differentiate(formula, std::vector<Value>{dy, x}, u);
        },
    .flops = [](const Request& r) { return 8.0 * static_cast<double>(r.output.elements()); },
};

const Op kStandardize{
    .name = "standardize",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .rows = rows,
    .run =
        [](const Call& c) {
          kernels::standardize(c.inputs[0], axis_of(c.node), epsilon_of(c.node), c.output);
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{record(kStandardizeGradient, {dy, y.input(0)}, y.node().attributes)};
        },
    .flops = [](const Request& r) { return 5.0 * static_cast<double>(r.output.elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const OnnxAttributes axes{{"axes", std::vector{y.attribute<std::int64_t>("axis")}}};
          const std::string& x = g.name(y.input(0));
          const std::string centred = g.node("Sub", {x, g.node("ReduceMean", {x}, axes)});
          const std::string squares = g.node("Mul", {centred, centred});
          const std::string variance = g.node("ReduceMean", {squares}, axes);
          const std::string sum = g.node("Add", {variance, g.number(epsilon_of(y))});
          return g.node("Div", {centred, g.node("Sqrt", {sum})});
        },
};

}  // namespace

Value standardize(Operand x, int axis, double epsilon) {
  const std::int64_t along = checked_axis("standardize", x, axis);
  return record(kStandardize, {x}, {{"axis", along}, {"epsilon", epsilon}});
}

}  // namespace gradus

#include "framework/ops/mean.h"

#include <algorithm>
#include <limits>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/reduce.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

/// The adjoint of mean_to: y shared out equally over a larger shape. Both divide by the number of
/// elements that meet in one, of the whole batch.
Value share_out(Operand y, const Shape& shape);

double share(const Shape& larger, const Shape& smaller, std::int64_t batch) {
  return static_cast<double>(smaller.at(batch).elements()) /
         static_cast<double>(larger.at(batch).elements());
}

Shape larger(std::span<const Value>, const Attributes& a) { return a.get<Shape>("shape"); }

bool is_empty(const Shape& shape) {
  return std::ranges::any_of(shape, [](const Dimension& d) { return d.size == 0; });
}

Shape smaller(std::span<const Value> x, const Attributes& a) {
  const auto& shape = a.get<Shape>("shape");
  if (!(broadcast_shapes("mean", x[0].shape(), shape) == x[0].shape())) {
    fail("mean: shape {} cannot be averaged to {}", x[0].shape().text(), shape.text());
  }
  if (is_empty(x[0].shape()) && !is_empty(shape)) {
    fail("mean: shape {} holds no elements to be averaged", x[0].shape().text());
  }
  return shape;
}

const Op kMeanTo{
    .name = "mean",
    .shape = smaller,
    .rows = [](Value y) { return y.shape().has_rows() ? Rows::each : Rows::sum; },
    .run =
        [](const Call& c) {
          if (c.inputs[0].elements() == 0) {
            constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
            std::fill_n(c.output.floats(), c.output.elements(), kNan);
            return;
          }
          kernels::sum_to(c.inputs[0], c.output,
                          share(c.node.input(0).shape(), c.node.shape(), c.batch), c.accumulate);
        },
    .gradient = [](Value y, Value dy) { return Gradients{share_out(dy, y.input(0).shape())}; },
    .flops = [](const Request& r) { return static_cast<double>(r.inputs[0].elements()); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          std::vector<std::int64_t> axes = axes_between(y.input(0).shape(), y.shape());
          std::string mean = g.name(y.input(0));
          if (!axes.empty()) mean = g.node("ReduceMean", y, {{"axes", std::move(axes)}});
          return g.reshaped(mean, y.shape());
        },
};

const Op kShareOut{
    .name = "share_out",
    .shape = larger,
    .run =
        [](const Call& c) {
          const auto factor =
              static_cast<float>(share(c.node.shape(), c.node.input(0).shape(), c.batch));
          kernels::binary(c.inputs[0], c.inputs[0], c.output,
                          [=](float dy, float) { return dy * factor; });
        },
    .gradient = [](Value y, Value dy) { return Gradients{mean_to(dy, y.input(0).shape())}; },
};

Value share_out(Operand y, const Shape& shape) {
  return record(kShareOut, {y}, {{"shape", shape}});
}

}  // namespace

Value mean_to(Operand x, const Shape& shape) { return record(kMeanTo, {x}, {{"shape", shape}}); }

Value mean(Operand x) { return mean_to(x, Shape{}); }

Value mean(Operand x, int axis) {
  const Shape& shape = x.value.shape();
  const int along = checked_axis("mean", x, axis);
  const Shape dropped = drop_axis(shape, along);
  return reshape({mean_to(x, keep_axis(shape, along)), x.where.file, x.where.line}, dropped);
}

}  // namespace gradus

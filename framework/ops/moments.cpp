#include "framework/ops/moments.h"

#include "framework/graph/differentiate.h"
#include "framework/kernels/normalize.h"
#include "framework/ops/add.h"
#include "framework/ops/mean.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/slice.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

/// With u that of the moments m, (u[0] + 2 * u[1] * (x - m[0])) / batch. Inputs: u, x, m, of which
/// m follows from x: its own gradients are those of this formula, written out from x alone.
const Op kMomentsGradient{
    .name = "moments_gradient",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[1].shape(); },
    .run =
        [](const Call& c) {
          const std::int64_t rows = c.node.shape().at(c.batch)[0];
          kernels::moments_gradient(c.inputs[0], c.inputs[1], c.inputs[2], rows, c.output);
        },
    .gradient =
        [](Value dx, Value w) {
          // Copies: u may itself depend on x.
          const Value u = scale(dx.input(0), 1.0);
          const Value x = scale(dx.input(1), 1.0);
          const Shape columns{x.shape()[1]};
          const Value mean = mean_to(x, columns);
          const Value variance = mean_to(square(x - mean), columns);
          const Value upstream = sum(row_of(u, 0) * mean + row_of(u, 1) * variance);
          const Gradients formula = differentiate(upstream, std::vector<Value>{x});
          Gradients out = differentiate(formula[0].dense, std::vector<Value>{u, x}, w);
          out.emplace_back();
          return out;
        },
    .flops = [](const Request& r) { return 3.0 * static_cast<double>(r.output.elements()); },
};

const Op kMoments{
    .name = "moments",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& shape = x[0].shape();
          if (shape.rank() != 2 || shape[1].times_batch) {
            fail("moments: x must be [batch, n], not {}", shape.text());
          }
          return Shape{2, shape[1]};
        },
    .rows = [](Value) { return Rows::whole; },
    .run = [](const Call& c) { kernels::moments(c.inputs[0], c.output); },
    .gradient = [](Value y,
                   Value dy) { return Gradients{record(kMomentsGradient, {dy, y.input(0), y})}; },
    .flops = [](const Request& r) { return 4.0 * static_cast<double>(r.inputs[0].elements()); },
};

}  // namespace

Value moments(Operand x) { return record(kMoments, {x}); }

}  // namespace gradus

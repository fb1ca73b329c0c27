#include "framework/optim/clipping.h"

#include <algorithm>
#include <cmath>

#include "framework/kernels/elementwise.h"
#include "framework/ops/add.h"
#include "framework/ops/multiply.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

const Op kClipValue{
    .name = "clip_value",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const auto limit = static_cast<float>(c.node.attribute<double>("limit"));
          kernels::unary(c.inputs[0], c.output, [=](float x) {
            return x > limit ? limit : x < -limit ? -limit : x;
          });
        },
};

/// A sum of squares -> what its numbers are multiplied by.
const Op kShrinkage{
    .name = "clip_norm",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const auto limit = static_cast<float>(c.node.attribute<double>("limit"));
          kernels::unary(c.inputs[0], c.output, [=](float squares) {
            const float norm = std::sqrt(squares);
            return norm > limit ? limit / norm : 1.0F;
          });
        },
};

Value limited(const Op& op, Value x, double limit) {
  return x.graph().add(op, std::vector{x}, {{"limit", limit}}, {});
}

/// Calls f on each value of a gradient.
template <class F>
void each_value(Gradient& gradient, const F& f) {
  if (gradient.dense) f(gradient.dense);
  for (RowGradient& rows : gradient.rows) f(rows.rows);
}

/// Shrinks gradients by the norm of all their numbers.
void shrink(std::span<Gradient> gradients, double limit) {
  Value squares;
  for (Gradient& gradient : gradients) {
    each_value(gradient, [&squares](const Value& x) {
      const Value more = sum(square(x));
      squares = squares ? squares + more : more;
    });
  }
  if (!squares) return;
  const Value factor = limited(kShrinkage, squares, limit);
  for (Gradient& gradient : gradients) {
    each_value(gradient, [&factor](Value& x) { x = x * factor; });
  }
}

std::int64_t limits_of(const Clipping& clipping) {
  const auto limits = {clipping.clip_value, clipping.clip_norm, clipping.global_clip_norm};
  return std::ranges::count_if(limits, [](double limit) { return limit > 0; });
}

}  // namespace

void Clipping::check() const {
  if (limits_of(*this) > 1) {
    fail("clip_value, clip_norm, global_clip_norm: only one can be above 0");
  }
}

Gradients clip(const Clipping& clipping, const std::vector<Value>& parameters,
               Gradients gradients) {
  clipping.check();
  if (limits_of(clipping) == 0) return gradients;
  for (std::size_t p = 0; p < gradients.size(); ++p) {
    Gradient& gradient = gradients[p];
    if (gradient.dense && !gradient.rows.empty()) gradient = dense(gradient, parameters[p]);
    if (clipping.clip_norm > 0) shrink({&gradient, 1}, clipping.clip_norm);
    if (clipping.clip_value > 0) {
      each_value(gradient, [&](Value& x) { x = limited(kClipValue, x, clipping.clip_value); });
    }
  }
  if (clipping.global_clip_norm > 0) shrink(gradients, clipping.global_clip_norm);
  return gradients;
}

}  // namespace gradus

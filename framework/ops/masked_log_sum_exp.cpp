#include "framework/ops/masked_log_sum_exp.h"

#include <algorithm>

#include "framework/kernels/axis.h"
#include "framework/kernels/masked.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "masked_log_sum_exp";

int last_axis(const View& x) { return x.extents.rank() - 1; }

/// The masked softmax along the last axis: exp(x) / sum(exp(x)), 0 where the mask is.
/// dx = y * (dy - sum(dy * y)).
const Op kMaskedSoftmax{
    .name = "masked_softmax",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const View& x = c.inputs[0];
          if (c.inputs.size() > 1) return kernels::masked_softmax(x, c.inputs[1], c.output);
          kernels::softmax(x, last_axis(x), c.output);
        },
    .gradient =
        [](Value y, Value dy) {
          const Shape kept = keep_axis(y.shape(), y.shape().rank() - 1);
          const Value dx = y * (dy - sum_to(dy * y, kept));
          return y.input_count() > 1 ? Gradients{dx, {}} : Gradients{dx};
        },
};

const Op kMaskedLogSumExp{
    .name = kName,
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& shape = x[0].shape();
          if (shape.rank() == 0 || shape[shape.rank() - 1].times_batch) {
            fail("{}: shape {} has no last axis of a constant size", kName, shape.text());
          }
          if (x.size() > 1) require_same_shape(kName, shape, x[1].shape());
          return drop_axis(shape, shape.rank() - 1);
        },
    .rows = [](Value y) { return y.input(0).shape().has_rows() ? Rows::each : Rows::whole; },
    .run =
        [](const Call& c) {
          const View& x = c.inputs[0];
          if (c.inputs.size() > 1) return kernels::masked_log_sum_exp(x, c.inputs[1], c.output);
          if (x.extents[last_axis(x)] == 0) {
            std::fill_n(c.output.floats(), c.output.elements(), 0.0F);
          } else {
            kernels::log_sum_exp(x, last_axis(x), c.output);
          }
        },
    .gradient =
        [](Value y, Value dy) {
          const Value x = y.input(0);
          const Value column = reshape(dy, keep_axis(x.shape(), x.shape().rank() - 1));
          if (y.input_count() == 1) return Gradients{column * record(kMaskedSoftmax, {x})};
          return Gradients{column * record(kMaskedSoftmax, {x, y.input(1)}), {}};
        },
};

}  // namespace

Value masked_log_sum_exp(Operand x, Value mask) {
  if (!mask) return record(kMaskedLogSumExp, {x});
  return record(kMaskedLogSumExp, {x, {mask, x.where.file, x.where.line}});
}

}  // namespace gradus

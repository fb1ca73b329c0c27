#include "framework/ops/masked_log_sum_exp.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/kernels/parallel.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/multiply.h"
#include "framework/ops/reshape.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "masked_log_sum_exp";

/// One run along the last axis, of which the mask has a part.
struct Run {
  std::span<const float> x;
  const float* mask;  // null: all

  bool has(std::size_t j) const { return mask == nullptr || mask[j] != 0; }
  /// The largest entry; minus infinity where there is none.
  float largest() const {
    float out = -std::numeric_limits<float>::infinity();
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (has(j) && !(x[j] <= out)) out = x[j];
    }
    return out;
  }
  /// exp(x - largest), summed.
  double sum(float largest) const {
    double out = 0;
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (has(j)) out += static_cast<double>(std::exp(x[j] - largest));
    }
    return out;
  }
};

/// Calls body(run, number) for each.
template <class Body>
void for_each_run(const Call& c, const Body& body) {
  constexpr std::int64_t kGrain = 4096;  // elements that one worker takes at a time
  const View& x = c.inputs[0];
  const std::int64_t length = x.extents[x.extents.rank() - 1];
  if (length == 0) return;
  const float* mask = c.inputs.size() > 1 ? c.inputs[1].floats() : nullptr;
  kernels::parallel_blocks(x.elements() / length, std::max<std::int64_t>(1, kGrain / length),
                           [&](std::int64_t begin, std::int64_t end) {
                             for (std::int64_t i = begin; i < end; ++i) {
                               const std::int64_t at = i * length;
                               body(Run{{x.floats() + at, static_cast<std::size_t>(length)},
                                        mask == nullptr ? nullptr : mask + at},
                                    i);
                             }
                           });
}

/// The masked softmax along the last axis: exp(x) / sum(exp(x)), 0 where the mask is.
/// dx = y * (dy - sum(dy * y)).
const Op kMaskedSoftmax{
    .name = "masked_softmax",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          for_each_run(c, [&](const Run& run, std::int64_t i) {
            const float largest = run.largest();
            const auto factor = static_cast<float>(1.0 / run.sum(largest));
            float* y = c.output.floats() + i * static_cast<std::int64_t>(run.x.size());
            for (std::size_t j = 0; j < run.x.size(); ++j) {
              y[j] = run.has(j) ? std::exp(run.x[j] - largest) * factor : 0.0F;
            }
          });
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
          std::fill_n(c.output.floats(), c.output.elements(), 0.0F);
          for_each_run(c, [&](const Run& run, std::int64_t i) {
            const float largest = run.largest();
            if (largest == -std::numeric_limits<float>::infinity()) return;
            c.output.floats()[i] = largest + static_cast<float>(std::log(run.sum(largest)));
          });
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

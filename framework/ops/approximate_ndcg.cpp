#include "framework/ops/approximate_ndcg.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "framework/kernels/elementwise.h"
#include "framework/kernels/math.h"
#include "framework/ops/divide.h"
#include "framework/ops/lists.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/square.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "approximate_ndcg";

/// 2^label - 1 by its discounted sum for the best order; 0 for items that are not there, and where
/// that sum is not above 0.
void normalized_gains(const Call& c) {
  const std::int64_t list = c.output.extents[1];
  const auto gain = [](float label) { return std::exp2(static_cast<double>(label)) - 1; };
  for (std::int64_t row = 0; row < c.output.extents[0]; ++row) {
    const float* labels = c.inputs[0].floats() + row * list;
    const float* weights = c.inputs.size() > 1 ? c.inputs[1].floats() + row * list : nullptr;
    float* out = c.output.floats() + row * list;
    const auto there = [&](std::int64_t i) { return weights == nullptr || weights[i] != 0; };
    float* end = out;  // of the labels in the best order, for which `out` has room
    for (std::int64_t i = 0; i < list; ++i) {
      if (there(i)) *end++ = labels[i];
    }
    std::sort(out, end, std::greater());
    double best = 0;
    for (float* label = out; label != end; ++label) {
      best += gain(*label) / std::log2(2.0 + static_cast<double>(label - out));
    }
    for (std::int64_t i = 0; i < list; ++i) {
      out[i] = best > 0 && there(i) ? static_cast<float>(gain(labels[i]) / best) : 0.0F;
    }
  }
}

const Op kNormalizedGains{
    .name = "normalized_gains",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run = normalized_gains,
    .gradient = [](Value y, Value) { return Gradients(static_cast<std::size_t>(y.input_count())); },
};

/// 1 / log2(1 + rank).  d rank = -dy * y² / (log(2) * (1 + rank)).
const Op kDiscount{
    .name = "discount",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float rank) {
            return std::numbers::ln2_v<float> / kernels::math::log1p(rank);
          });
        },
    .gradient =
        [](Value y, Value dy) {
          const Value slope =
              scale(square(y), -1 / std::numbers::ln2) / scale(y.input(0), 1.0, 1.0);
          return Gradients{dy * slope};
        },
};

}  // namespace

Value approximate_ndcg(Operand scores, Operand labels, Value weights, double temperature) {
  check_lists(kName, scores, labels.value, weights);
  checked(scores, [&] {
    if (!(temperature > 0)) fail("{}: temperature must be above 0, not {}", kName, temperature);
  });
  constexpr double kOwn = 0.5;  // of the rank's 1: the other half is sigmoid(0), the item's own
  Value beaten = sigmoid(scale(pair_differences(scores.value), -1 / temperature));
  if (weights) beaten = beaten * as_second_of_pairs(items_there(weights));
  const Value discounts = record(kDiscount, {scale(sum(beaten, 2), 1.0, kOwn)});
  const Value gains =
      weights ? record(kNormalizedGains, {labels, {weights}}) : record(kNormalizedGains, {labels});
  const Value terms = gains * discounts;
  return scale(mean_over_lists(weights ? weights * terms : terms), -1.0);
}

}  // namespace gradus

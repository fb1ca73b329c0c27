#include "framework/ops/lists.h"

#include "framework/kernels/clones.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/mean.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scale.h"
#include "framework/ops/subtract.h"

namespace gradus {
namespace {

const Op kItemsThere{
    .name = "items_there",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          kernels::unary(c.inputs[0], c.output, [](float w) { return w == 0 ? 0.0F : 1.0F; });
        },
    .gradient = [](Value, Value) { return Gradients{{}}; },
};

/// y[i, j] = 1 where label i is above label j, or, if `ties`, equal to it and i <= j; else 0. Of
/// items that are not there, 0.
GRADUS_CLONES
void compare_pairs(const float* labels, const float* weights, std::int64_t list, bool ties,
                   float* y) {
  for (std::int64_t i = 0; i < list; ++i, y += list) {
    const float own = labels[i];
    const bool there = weights == nullptr || weights[i] != 0;
    const std::int64_t first_tie = there && ties ? i : list;
    for (std::int64_t j = 0; j < list; ++j) {
      const bool above = own > labels[j];
      const bool tie = (own == labels[j]) & (j >= first_tie);
      y[j] = static_cast<float>((above & there) | tie);
    }
    for (std::int64_t j = 0; weights != nullptr && j < list; ++j) {
      y[j] = weights[j] != 0 ? y[j] : 0.0F;
    }
  }
}

void compare(const Call& c, bool ties) {
  const Extents& extents = c.output.extents;
  const std::int64_t list = extents[1];
  const bool weighted = c.inputs.size() > 1;
  for (std::int64_t row = 0; row < extents[0]; ++row) {
    compare_pairs(c.inputs[0].floats() + row * list,
                  weighted ? c.inputs[1].floats() + row * list : nullptr, list, ties,
                  c.output.floats() + row * list * list);
  }
}

Shape pair_shape(std::span<const Value> x, const Attributes&) {
  const Shape& labels = x[0].shape();
  return {labels[0], labels[1], labels[1]};
}

/// No label and no weight has a gradient: the comparison is constant but for jumps.
Gradients none(Value y, Value) { return Gradients(static_cast<std::size_t>(y.input_count())); }

const Op kPairsAbove{
    .name = "pairs_above",
    .shape = pair_shape,
    .run = [](const Call& c) { compare(c, false); },
    .gradient = none,
};

const Op kPairsNotBefore{
    .name = "pairs_not_before",
    .shape = pair_shape,
    .run = [](const Call& c) { compare(c, true); },
    .gradient = none,
};

Value pairs(const Op& op, Value labels, Value weights) {
  return weights ? record(op, {labels, weights}) : record(op, {labels});
}

}  // namespace

void check_lists(std::string_view op, const Operand& scores, Value labels, Value weights) {
  checked(scores, [&] {
    const Shape& shape = scores.value.shape();
    if (shape.rank() != 2 || shape[1].times_batch) {
      fail("{}: scores must be [batch, list], not {}", op, shape.text());
    }
    require_same_shape(op, shape, labels.shape());
    if (weights) require_same_shape(op, shape, weights.shape());
  });
}

Value items_there(Value weights) { return record(kItemsThere, {weights}); }

Value pairs_above(Value labels, Value weights) { return pairs(kPairsAbove, labels, weights); }
Value pairs_not_before(Value labels, Value weights) {
  return pairs(kPairsNotBefore, labels, weights);
}

Value as_first_of_pairs(Value x) { return reshape(x, {x.shape()[0], x.shape()[1], 1}); }
Value as_second_of_pairs(Value x) { return reshape(x, {x.shape()[0], 1, x.shape()[1]}); }
Value pair_differences(Value x) { return as_first_of_pairs(x) - as_second_of_pairs(x); }

Value mean_over_lists(Value terms) {
  double size = 1;
  for (int axis = 1; axis < terms.shape().rank(); ++axis) {
    size *= static_cast<double>(terms.shape()[axis].size);
  }
  return scale(mean(terms), size);
}

}  // namespace gradus

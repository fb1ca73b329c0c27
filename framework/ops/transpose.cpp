#include "framework/ops/transpose.h"

#include <fmt/ranges.h>

#include <array>
#include <utility>

#include "framework/graph/onnx.h"
#include "framework/kernels/transpose.h"

namespace gradus {
namespace {

std::vector<int> order_of(const Shape& permutation) {
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(permutation.rank()));
  for (const Dimension& axis : permutation) order.push_back(static_cast<int>(axis.size));
  return order;
}

std::vector<int> inverse(const std::vector<int>& order) {
  std::vector<int> out(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    out[static_cast<std::size_t>(order[k])] = static_cast<int>(k);
  }
  return out;
}

const Op kTranspose{
    .name = "transpose",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          Shape out;
          for (const int axis : order_of(a.get<Shape>("permutation"))) {
            out.push_back(x[0].shape()[axis]);
          }
          return out;
        },
    .rows =
        [](Value y) {
          const auto& permutation = y.attribute<Shape>("permutation");
          return permutation.rank() > 0 && permutation[0].size == 0 ? Rows::each : Rows::whole;
        },
    .run =
        [](const Call& c) {
          std::array<int, kMaximumRank> order{};
          int rank = 0;
          for (const Dimension& axis : c.node.attribute<Shape>("permutation")) {
            order[static_cast<std::size_t>(rank++)] = static_cast<int>(axis.size);
          }
          kernels::transpose(c.inputs[0], order, c.output);
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{transpose(dy, inverse(order_of(y.attribute<Shape>("permutation"))))};
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          std::vector<std::int64_t> order;
          for (const Dimension& axis : y.attribute<Shape>("permutation"))
            order.push_back(axis.size);
          return g.node("Transpose", y, {{"perm", std::move(order)}});
        },
};

}  // namespace

Value transpose(Operand x, const std::vector<int>& permutation) {
  const Shape order = checked(x, [&] {
    const int rank = x.value.shape().rank();
    std::array<bool, kMaximumRank> named{};
    Shape out;
    for (const int axis : permutation) {
      const int from_first = axis < 0 ? axis + rank : axis;
      const bool fits = from_first >= 0 && from_first < rank && out.rank() < rank;
      if (!fits || std::exchange(named[static_cast<std::size_t>(from_first)], true)) break;
      out.push_back(from_first);
    }
    if (out.rank() != rank || permutation.size() != static_cast<std::size_t>(rank)) {
      fail("transpose: [{}] does not name each axis of {} once", fmt::join(permutation, ", "),
           x.value.shape().text());
    }
    return out;
  });
  return record(kTranspose, {x}, {{"permutation", order}});
}

}  // namespace gradus

#include "framework/ops/argsort.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "framework/kernels/axis.h"
#include "framework/kernels/parallel.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

/// The first elements of the order of each line, as many as y has of them; ids of a line are sorted
/// in `places`, of which there are as many as a line has elements.
void sort_line(const float* x, std::int64_t stride, std::span<std::int32_t> places, bool descending,
               std::int32_t* y, std::int64_t count) {
  std::iota(places.begin(), places.end(), 0);
  const auto before = [=](std::int32_t left, std::int32_t right) {
    const float a = x[left * stride];
    const float b = x[right * stride];
    const bool differ = descending ? a > b : a < b;
    if (differ || (std::isnan(b) && !std::isnan(a))) return true;
    const bool same = a == b || (std::isnan(a) && std::isnan(b));
    return same && left < right;
  };
  std::partial_sort(places.begin(), places.begin() + count, places.end(), before);
  for (std::int64_t k = 0; k < count; ++k) y[k * stride] = places[static_cast<std::size_t>(k)];
}

Kernel prepare(const Request& request) {
  const int axis = axis_of(request.node);
  const auto places = std::make_shared<std::vector<std::vector<std::int32_t>>>(
      static_cast<std::size_t>(kernels::threads()),
      std::vector<std::int32_t>(static_cast<std::size_t>(request.inputs[0][axis])));
  return [=](const Call& c) {
    const kernels::AroundAxis x(c.inputs[0].extents, axis);
    const kernels::AroundAxis y(c.output.extents, axis);
    const bool descending = c.node.attribute<bool>("descending");
    constexpr std::int64_t kElements = 4096;  // worth handing to a worker
    const std::int64_t grain =
        std::max<std::int64_t>(1, kElements / std::max<std::int64_t>(1, x.length));
    kernels::parallel_blocks(x.outer * x.inner, grain, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::int32_t>& own = (*places)[static_cast<std::size_t>(kernels::worker())];
      for (std::int64_t line = begin; line < end; ++line) {
        const std::int64_t outer = line / x.inner;
        const std::int64_t inner = line % x.inner;
        sort_line(c.inputs[0].floats() + outer * x.length * x.inner + inner, x.inner, own,
                  descending, c.output.ids() + outer * y.length * y.inner + inner, y.length);
      }
    });
  };
}

Rows rows(Value y) { return y.input(0).shape()[axis_of(y)].times_batch ? Rows::whole : Rows::each; }

const Op kArgsort{
    .name = "argsort",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .type = DataType::int32,
    .rows = rows,
    .prepare = prepare,
};

const Op kTopK{
    .name = "top_k",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
          const auto k = a.get<std::int64_t>("k");
          Shape out = x[0].shape();
          if (out[axis].times_batch) {
            fail("top_k: axis {} of {} grows with the batch", axis, out.text());
          }
          if (k < 0 || k > out[axis].size) {
            fail("top_k: k must be from 0 to the size of axis {} of {}, not {}", axis, out.text(),
                 k);
          }
          out[axis] = k;
          return out;
        },
    .type = DataType::int32,
    .rows = rows,
    .prepare = prepare,
};

}  // namespace

Value argsort(Operand x, int axis, bool descending) {
  const std::int64_t along = checked_axis("argsort", x, axis);
  return record(kArgsort, {x}, {{"axis", along}, {"descending", descending}});
}

Value top_k(Operand x, std::int64_t k, int axis) {
  const std::int64_t along = checked_axis("top_k", x, axis);
  return record(kTopK, {x}, {{"axis", along}, {"k", k}, {"descending", true}});
}

}  // namespace gradus

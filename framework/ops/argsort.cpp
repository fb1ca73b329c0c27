#include "framework/ops/argsort.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "framework/kernels/axis.h"
#include "framework/kernels/parallel.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

/// A number that rises with x, or falls where `descending`; that of NaN is the largest. Its low
/// half is `place`, so that equal elements keep their order.
std::uint64_t key_of(float x, bool descending, std::int64_t place) {
  constexpr std::uint32_t kSign = 0x80000000U;
  const auto bits = std::bit_cast<std::uint32_t>(x == 0 ? 0.0F : x);
  const std::uint32_t rising = (bits & kSign) != 0 ? ~bits : bits | kSign;
  const std::uint32_t ordered = std::isnan(x) ? ~0U : (descending ? ~rising : rising);
  return (std::uint64_t{ordered} << 32) | static_cast<std::uint64_t>(place);
}

/// The first elements of the order of a line, as many as y has of them; its `keys` are sorted, of
/// which there are as many as the line has elements.
void sort_line(const float* x, std::int64_t stride, std::span<std::uint64_t> keys, bool descending,
               std::int32_t* y, std::int64_t count) {
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const auto place = static_cast<std::int64_t>(k);
    keys[k] = key_of(x[place * stride], descending, place);
  }
  if (static_cast<std::size_t>(count) == keys.size()) {
    std::sort(keys.begin(), keys.end());
  } else {
    std::partial_sort(keys.begin(), keys.begin() + count, keys.end());
  }
  for (std::int64_t k = 0; k < count; ++k) {
    y[k * stride] = static_cast<std::int32_t>(keys[static_cast<std::size_t>(k)]);
  }
}

Kernel prepare(const Request& request) {
  const int axis = axis_of(request.node);
  const auto keys = std::make_shared<std::vector<std::vector<std::uint64_t>>>(
      static_cast<std::size_t>(kernels::threads()),
      std::vector<std::uint64_t>(static_cast<std::size_t>(request.inputs[0][axis])));
  return [=](const Call& c) {
    const kernels::AroundAxis x(c.inputs[0].extents, axis);
    const kernels::AroundAxis y(c.output.extents, axis);
    const bool descending = c.node.attribute<bool>("descending");
    constexpr std::int64_t kElements = 4096;  // worth handing to a worker
    const std::int64_t grain =
        std::max<std::int64_t>(1, kElements / std::max<std::int64_t>(1, x.length));
    kernels::parallel_blocks(x.outer * x.inner, grain, [&](std::int64_t begin, std::int64_t end) {
      std::vector<std::uint64_t>& own = (*keys)[static_cast<std::size_t>(kernels::worker())];
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

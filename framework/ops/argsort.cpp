#include "framework/ops/argsort.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <span>
#include <vector>

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

/// A number that rises with x; that of NaN is the largest. Its low half is `place`, so that equal
/// elements keep their order.
[[gnu::always_inline]] inline std::uint64_t key_of(float x, std::uint32_t flip,
                                                   std::int64_t place) {
  constexpr std::uint32_t kSign = 0x80000000U;
  const auto bits = std::bit_cast<std::uint32_t>(x + 0.0F);  // -0 becomes 0
  const std::uint32_t rising = bits ^ ((0U - (bits >> 31)) | kSign);
  const std::uint32_t ordered = x == x ? rising ^ flip : ~0U;
  return (std::uint64_t{ordered} << 32) | static_cast<std::uint64_t>(place);
}

/// The keys of a line's elements, which are `stride` apart, rising or falling with them.
GRADUS_CLONES
void make_keys(const float* x, std::int64_t stride, bool descending, std::uint64_t* keys,
               std::int64_t count) {
  const std::uint32_t flip = descending ? ~0U : 0U;
  if (stride == 1) {
    for (std::int64_t k = 0; k < count; ++k) keys[k] = key_of(x[k], flip, k);
  } else {
    for (std::int64_t k = 0; k < count; ++k) keys[k] = key_of(x[k * stride], flip, k);
  }
}

/// Moves the `count` smallest keys to the front, in order: few of many are put in one by one.
void sort_first(std::span<std::uint64_t> keys, std::int64_t count) {
  constexpr std::int64_t kFew = 16;
  if (count == std::ssize(keys)) {
    std::ranges::sort(keys);
    return;
  }
  if (count > kFew) {
    std::ranges::partial_sort(keys, keys.begin() + count);
    return;
  }
  const auto put = [&](std::uint64_t key, std::int64_t from) {
    for (; from > 0 && keys[static_cast<std::size_t>(from - 1)] > key; --from) {
      keys[static_cast<std::size_t>(from)] = keys[static_cast<std::size_t>(from - 1)];
    }
    keys[static_cast<std::size_t>(from)] = key;
  };
  for (std::int64_t k = 1; k < count; ++k) put(keys[static_cast<std::size_t>(k)], k);
  for (auto k = static_cast<std::size_t>(count); count > 0 && k < keys.size(); ++k) {
    if (keys[k] < keys[static_cast<std::size_t>(count - 1)]) put(keys[k], count - 1);
  }
}

/// The first elements of the order of a line, as many as y has of them; its `keys` are sorted, of
/// which there are as many as the line has elements.
void sort_line(const float* x, std::int64_t stride, std::span<std::uint64_t> keys, bool descending,
               std::int32_t* y, std::int64_t count) {
  make_keys(x, stride, descending, keys.data(), std::ssize(keys));
  sort_first(keys, count);
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

std::string onnx(OnnxGraph& g, Value y) {
  Shape count;
  count.push_back(y.shape()[axis_of(y)]);
  const std::int64_t largest = y.attribute<bool>("descending") ? 1 : 0;
  return g.node("TopK", {g.name(y.input(0)), g.sizes(count)},
                {{"axis", y.attribute<std::int64_t>("axis")}, {"largest", largest}}, 2);
}

const Op kArgsort{
    .name = "argsort",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .type = DataType::int32,
    .rows = rows,
    .prepare = prepare,
    .onnx = onnx,
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
    .onnx = onnx,
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

#include "framework/ops/slice.h"

#include "framework/graph/builtin.h"
#include "framework/graph/onnx.h"
#include "framework/kernels/copy.h"
#include "framework/ops/concat.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Shape part(std::span<const Value> x, const Attributes& a) {
  const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
  const auto begin = a.get<std::int64_t>("begin");
  const auto end = a.get<std::int64_t>("end");
  Shape out = x[0].shape();
  if (out[axis].times_batch || begin < 0 || begin > end || end > out[axis].size) {
    fail("slice: {} to {} is not a range of axis {} of {}", begin, end, axis, out.text());
  }
  out[axis] = end - begin;
  return out;
}

void run(const Call& c) {
  const int axis = axis_of(c.node);
  std::int64_t outer = 1;
  for (int k = 0; k < axis; ++k) outer *= c.output.extents[k];
  if (c.output.elements() == 0) return;
  const std::int64_t size = c.output.elements() / outer;
  const std::int64_t width = c.inputs[0].elements() / outer;
  const std::int64_t begin =
      c.node.attribute<std::int64_t>("begin") * (size / c.output.extents[axis]);
  kernels::copy_rows(c.inputs[0].floats() + begin, width, outer, size, c.output.floats(), size);
}

/// dy with zeros before and after it.
Gradients gradient(Value y, Value dy) {
  const int axis = axis_of(y);
  const Shape& whole = y.input(0).shape();
  std::vector<Value> parts{dy};
  const auto zeros = [&](std::int64_t size) {
    Shape shape = whole;
    shape[axis] = size;
    return constant(y.graph(), shape, 0.0);
  };
  const auto begin = y.attribute<std::int64_t>("begin");
  const auto end = y.attribute<std::int64_t>("end");
  if (begin > 0) parts.insert(parts.begin(), zeros(begin));
  if (end < whole[axis].size) parts.push_back(zeros(whole[axis].size - end));
  return {parts.size() == 1 ? dy : concat(parts, axis)};
}

const Op kSlice{
    .name = "slice",
    .shape = part,
    .rows = [](Value y) { return axis_of(y) == 0 ? Rows::whole : Rows::each; },
    .run = run,
    .gradient = gradient,
    .cuts = [](Value y) -> std::optional<std::int64_t> {
      if (axis_of(y) != 1) return {};
      return y.attribute<std::int64_t>("begin");
    },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Slice",
                        {g.name(y.input(0)), g.list({y.attribute<std::int64_t>("begin")}),
                         g.list({y.attribute<std::int64_t>("end")}), g.list({axis_of(y)})});
        },
};

}  // namespace

Value slice(Operand x, int axis, std::int64_t begin, std::int64_t end) {
  const std::int64_t along = checked_axis("slice", x, axis);
  return record(kSlice, {x}, {{"axis", along}, {"begin", begin}, {"end", end}});
}

Value row_of(Operand x, std::int64_t index) {
  const Value row = slice(x, 0, index, index + 1);
  return reshape({row, x.where.file, x.where.line}, {x.value.shape()[1]});
}

}  // namespace gradus

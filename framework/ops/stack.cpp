#include "framework/ops/stack.h"

#include <algorithm>

#include "framework/graph/builtin.h"
#include "framework/graph/onnx.h"
#include "framework/kernels/copy.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Rows rows(Value y) { return axis_of(y) == 0 ? Rows::whole : Rows::each; }

/// How a stack's elements are divided: so many parts of each of the values follow one another.
struct Layout {
  Layout(const Extents& stacked, int axis) : count(stacked[axis]) {
    for (int k = 0; k < axis; ++k) outer *= stacked[k];
    for (int k = axis + 1; k < stacked.rank(); ++k) inner *= stacked[k];
  }
  std::int64_t outer = 1;  // parts of a value
  std::int64_t count;      // values
  std::int64_t inner = 1;  // elements of a part
};

Value part(Value stacked, int axis, std::int64_t index);

Shape stacked(std::span<const Value> x, const Attributes& a) {
  const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
  const Shape& one = x[0].shape();
  for (const Value& value : x) {
    if (!(value.shape() == one)) {
      fail("stack: shapes {} and {} differ", one.text(), value.shape().text());
    }
  }
  Shape out;
  for (int k = 0; k <= one.rank(); ++k) {
    if (k == axis) out.push_back(static_cast<std::int64_t>(x.size()));
    if (k < one.rank()) out.push_back(one[k]);
  }
  return out;
}

const Op kStack{
    .name = "stack",
    .shape = stacked,
    .rows = rows,
    .run =
        [](const Call& c) {
          const Layout layout(c.output.extents, axis_of(c.node));
          float* y = c.output.floats();
          for (const View& x : c.inputs) {
            if (x.floats() != y) {
              kernels::copy_rows(x.floats(), layout.inner, layout.outer, layout.inner, y,
                                 layout.count * layout.inner);
            }
            y += layout.inner;
          }
        },
    .gradient =
        [](Value y, Value dy) {
          Gradients out;
          for (int k = 0; k < y.input_count(); ++k) out.emplace_back(part(dy, axis_of(y), k));
          return out;
        },
    .joins = [](Value y, int k) -> std::optional<std::int64_t> {
      if (axis_of(y) != 1) return {};
      return k * y.input(k).shape().at(1).elements();
    },
    .onnx =
        [](OnnxGraph& g, Value y) {
          std::vector<std::string> parts;
          parts.reserve(static_cast<std::size_t>(y.input_count()));
          for (int k = 0; k < y.input_count(); ++k) {
            parts.push_back(g.node("Unsqueeze", {g.name(y.input(k)), g.list({axis_of(y)})}));
          }
          return g.node("Concat", std::move(parts), {{"axis", y.attribute<std::int64_t>("axis")}});
        },
};

/// One of the values that a stack holds.  The gradient of the stack is dy among zeros.
const Op kPart{
    .name = "part of a stack",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          return drop_axis(x[0].shape(), static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .rows = rows,
    .run =
        [](const Call& c) {
          const Layout layout(c.inputs[0].extents, axis_of(c.node));
          const float* x =
              c.inputs[0].floats() + c.node.attribute<std::int64_t>("index") * layout.inner;
          float* y = c.output.floats();
          for (std::int64_t i = 0; i < layout.outer; ++i, x += layout.count * layout.inner) {
            y = std::copy_n(x, layout.inner, y);
          }
        },
    .gradient =
        [](Value y, Value dy) {
          const auto count = static_cast<std::size_t>(y.input(0).shape()[axis_of(y)].size);
          std::vector<Value> values(count, constant(y.graph(), dy.shape(), 0.0));
          values[static_cast<std::size_t>(y.attribute<std::int64_t>("index"))] = dy;
          return Gradients{stack(values, axis_of(y))};
        },
    .cuts = [](Value y) -> std::optional<std::int64_t> {
      if (axis_of(y) != 1) return {};
      return y.attribute<std::int64_t>("index") * y.shape().at(1).elements();
    },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string index = g.list({y.attribute<std::int64_t>("index")});
          const std::string part = g.node("Gather", {g.name(y.input(0)), index},
                                          {{"axis", y.attribute<std::int64_t>("axis")}});
          return g.node("Squeeze", {part, g.list({axis_of(y)})});
        },
};

Value part(Value stacked, int axis, std::int64_t index) {
  return record(kPart, {stacked}, {{"axis", std::int64_t{axis}}, {"index", index}});
}

}  // namespace

Value stack(const std::vector<Value>& values, int axis, Where where) {
  if (values.empty()) fail("stack: no values");
  const Operand first(values[0], where.file, where.line);
  const int along = checked(first, [&] {
    const Shape& shape = first.value.shape();
    const int rank = shape.rank() + 1;
    if (rank > kMaximumRank) fail("stack: values of shape {} have too many axes", shape.text());
    const int from_first = axis < 0 ? axis + rank : axis;
    if (from_first < 0 || from_first >= rank) {
      fail("stack: values of shape {} have no place for a new axis {}", shape.text(), axis);
    }
    return from_first;
  });
  return record(kStack, values, {{"axis", std::int64_t{along}}}, where);
}

}  // namespace gradus

#include "framework/ops/concat.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/copy.h"
#include "framework/ops/slice.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

Shape joined(std::span<const Value> x, const Attributes& a) {
  const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
  Shape out = x[0].shape();
  for (const Value& value : x.subspan(1)) {
    const Shape& next = value.shape();
    bool fits = next.rank() == out.rank();
    for (int k = 0; fits && k < out.rank(); ++k) {
      fits = k == axis ? next[k].times_batch == out[k].times_batch : next[k] == out[k];
    }
    if (!fits) {
      fail("concat: shapes {} and {} differ beyond axis {}", x[0].shape().text(), next.text(),
           axis);
    }
    out[axis].size += next[axis].size;
  }
  return out;
}

void run(const Call& c) {
  const int axis = axis_of(c.node);
  std::int64_t outer = 1;
  for (int k = 0; k < axis; ++k) outer *= c.output.extents[k];
  const std::int64_t width = outer == 0 ? 0 : c.output.elements() / outer;
  std::int64_t at = 0;
  for (const View& input : c.inputs) {
    const std::int64_t size = outer == 0 ? 0 : input.elements() / outer;
    float* out = c.output.floats() + at;
    if (input.floats() != out) kernels::copy_rows(input.floats(), size, outer, size, out, width);
    at += size;
  }
}

/// Where input k begins in a row.
std::optional<std::int64_t> joins(Value y, int k) {
  if (axis_of(y) != 1) return {};
  std::int64_t at = 0;
  for (int i = 0; i < k; ++i) at += y.input(i).shape().at(1).elements();
  return at;
}

Gradients gradient(Value y, Value dy) {
  const int axis = axis_of(y);
  Gradients out;
  std::int64_t begin = 0;
  for (int k = 0; k < y.input_count(); ++k) {
    const Dimension size = y.input(k).shape()[axis];
    if (size.times_batch) fail("concat: no gradient along the batch");
    out.emplace_back(slice(dy, axis, begin, begin + size.size));
    begin += size.size;
  }
  return out;
}

const Op kConcat{
    .name = "concat",
    .shape = joined,
    .rows = [](Value y) { return axis_of(y) == 0 ? Rows::whole : Rows::each; },
    .run = run,
    .gradient = gradient,
    .joins = joins,
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Concat", y, {{"axis", y.attribute<std::int64_t>("axis")}});
        },
};

}  // namespace

Value concat(const std::vector<Value>& values, int axis, Where where) {
  if (values.empty()) fail("concat: no values");
  const std::int64_t along = checked_axis("concat", {values[0], where.file, where.line}, axis);
  return record(kConcat, values, {{"axis", along}}, where);
}

bool is_concat(Value value, int axis) {
  return value.node().op == &kConcat && axis_of(value) == axis;
}

}  // namespace gradus

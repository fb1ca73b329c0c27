#include "framework/graph/builtin.h"

#include <algorithm>
#include <memory>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"

namespace gradus {
namespace {

const Op kConstant{
    .name = "constant",
    .shape = [](std::span<const Value>, const Attributes& a) { return a.get<Shape>("shape"); },
    .run =
        [](const Call& c) {
          const auto value = static_cast<float>(c.node.attribute<double>("value"));
          std::fill_n(c.output.floats(), c.output.elements(), value);
        },
    .gradient = [](Value, Value) { return Gradients{}; },
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("Expand", {g.number(y.attribute<double>("value")), g.sizes(y.shape())});
        },
};

const Op kAccumulate{
    .name = "accumulate",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          for (const Value& value : x) {
            if (!(value.shape() == x[0].shape())) {
              fail("accumulate: shapes {} and {} differ", x[0].shape().text(),
                   value.shape().text());
            }
          }
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          const auto add = [](float a, float b) { return a + b; };
          kernels::binary(c.inputs[0], c.inputs[1], c.output, add);
          for (const View& next : c.inputs.subspan(2)) {
            kernels::binary(c.output, next, c.output, add);
          }
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients(static_cast<std::size_t>(y.input_count()), Gradient(dy));
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Sum", y); },
};

const Op kGatherRows{
    .name = "gather_rows",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          Shape out = x[1].shape();
          out.push_back(x[0].shape()[1]);
          return out;
        },
    .run = [](const Call& c) { kernels::gather(c.inputs[0], c.inputs[1], c.output); },
    .gradient = [](Value y, Value dy) { return Gradients{RowGradient{y.input(1), dy}, {}}; },
    .takes_ids = true,
    .bytes = lookup_bytes,
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Gather", y); },
};

const Op kAscend{
    .name = "ascend",
    .shape = [](std::span<const Value>, const Attributes&) { return Shape{1}; },
    .rows = [](Value) { return Rows::whole; },
    .run =
        [](const Call& c) {
          const auto rows = c.node.attribute<std::int64_t>("rows");
          *c.output.floats() = kernels::ascend(c.inputs[0], rows) ? 1 : 0;
        },
    .takes_ids = true,
};

Shape scattered_shape(std::span<const Value>, const Attributes& a) { return a.get<Shape>("table"); }

/// Inputs: ids, rows, and of kScatterInOrder whether the ids ascend.
Kernel prepare_scatter(const Request& request) {
  const auto segments =
      std::make_shared<kernels::RowSegments>(request.inputs[0].elements(), request.output[0]);
  return [segments](const Call& c) {
    if (c.tile_rows > 0 && *c.inputs[2].floats() > 0) {
      kernels::scatter_rest(c.inputs[0], c.inputs[1], c.tile_rows, c.output);
      return;
    }
    segments->sort({c.inputs.data(), 1});
    kernels::scatter(*segments, c.inputs[1], c.output);
  };
}

double scattered_flops(const Request& request) {
  return static_cast<double>(request.inputs[1].elements());
}

Gradients scattered_gradient(Value y, Value dy) {
  return {{}, record(kGatherRows, {dy, y.input(0)})};
}

const Op kScatterRows{
    .name = "scatter_rows",
    .shape = scattered_shape,
    .rows = [](Value) { return Rows::whole; },
    .prepare = prepare_scatter,
    .gradient = scattered_gradient,
    .reads_apart = true,
    .takes_ids = true,
    .flops = scattered_flops,
};

const Op kScatterInOrder{
    .name = "scatter_rows",
    .shape = scattered_shape,
    .rows = [](Value) { return Rows::whole; },
    .prepare = prepare_scatter,
    .run_tile =
        [](const Call& c) {
          if (*c.inputs[2].floats() == 0) return;
          kernels::scatter_tile(c.inputs[0], c.inputs[1], c.first_row, c.batch, c.output);
        },
    .gradient = scattered_gradient,
    .reads_apart = true,
    .takes_ids = true,
    .flops = scattered_flops,
};

}  // namespace

double lookup_bytes(const Request& request) {
  const Extents& output = request.output;
  const auto dimension = static_cast<double>(output[output.rank() - 1]);
  double numbers = static_cast<double>(output.elements()) + (request.bias ? dimension : 0);
  const Value node = request.node;
  for (int k = 0; k < node.input_count(); ++k) {
    if (node.input(k).node().type != DataType::int32) continue;
    const auto ids = static_cast<double>(request.inputs[static_cast<std::size_t>(k)].elements());
    numbers += ids * (1 + dimension);
  }
  return sizeof(float) * numbers;
}

Value constant(Graph& graph, const Shape& shape, double value) {
  return graph.add(kConstant, {}, {{"shape", shape}, {"value", value}}, {});
}

Value accumulate(const std::vector<Value>& values) {
  return values.size() == 1 ? values[0] : record(kAccumulate, values, {}, {});
}

Value scatter_rows(const RowGradient& gradient, const Shape& table) {
  const auto& [ids, rows] = gradient;
  const Attributes attributes{{"table", table}};
  if (!ids.node().in_order) return record(kScatterRows, {ids, rows}, attributes);
  const Value ascend = record(kAscend, {ids}, {{"rows", table[0].size}});
  return record(kScatterInOrder, {ids, rows, ascend}, attributes);
}

void refuse_id(const Call& call, std::size_t ids, const kernels::UnknownRow& unknown) {
  const auto [lookup, place] = unknown.position();
  // What is looked up may be made of a table, such as its product with a layer's weights.
  Value table = call.node.input(static_cast<int>(lookup));
  while (table.input_count() > 0) table = table.input(0);
  const Extents& extents = call.inputs[ids + lookup].extents;
  const bool by_row = call.node.input(static_cast<int>(ids + lookup)).shape().has_rows();
  const std::string where =
      by_row ? fmt::format(" in row {} of the batch",
                           call.first_row + place / (extents.elements() / extents[0]))
             : "";
  fail("{}: id {}{} is not a row of '{}', which has {}", call.node.node().op->name, unknown.id(),
       where, table.node().scope, unknown.rows());
}

}  // namespace gradus

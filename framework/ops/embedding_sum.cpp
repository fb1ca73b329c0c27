#include "framework/ops/embedding_sum.h"

#include "framework/graph/builtin.h"
#include "framework/graph/onnx.h"

namespace gradus {
namespace {

/// The inputs are all tables, then all ids.
Shape sum_shape(std::span<const Value> x, const Attributes&) {
  const std::size_t tables = x.size() / 2;
  const Shape& first = x[0].shape();
  const Shape& ids = x[tables].shape();
  for (std::size_t k = 0; k < tables; ++k) {
    const Shape& table = x[k].shape();
    if (table.rank() != 2 || table.has_batch() || !(table[1] == first[1])) {
      fail("embedding_sum: the tables must be [rows, dimension] of one dimension, not {} and {}",
           first.text(), table.text());
    }
    if (!(x[tables + k].shape() == ids)) {
      fail("embedding_sum: ids of shapes {} and {} differ", ids.text(),
           x[tables + k].shape().text());
    }
    if (x[k].node().type != DataType::float32 || x[tables + k].node().type != DataType::int32) {
      fail("embedding_sum: tables of float32 and ids of int32 are needed, not {} and {}",
           name(x[k].node().type), name(x[tables + k].node().type));
    }
  }
  if (ids.rank() == kMaximumRank) {
    fail("embedding_sum: ids of shape {} have too many axes", ids.text());
  }
  Shape out = ids;
  out.push_back(first[1]);
  return out;
}

Gradients gradient(Value y, Value dy) {
  const int tables = y.input_count() / 2;
  Gradients out(static_cast<std::size_t>(y.input_count()));
  for (int k = 0; k < tables; ++k) {
    out[static_cast<std::size_t>(k)] = RowGradient{y.input(tables + k), dy};
  }
  return out;
}

const Op kEmbeddingSum{
    .name = "embedding_sum",
    .shape = sum_shape,
    .prepare = [](const Request& request) -> Kernel {
      const std::size_t tables = request.inputs.size() / 2;  // a bias comes after tables and ids
      return [tables, bias = request.bias, activation = request.activation](const Call& c) {
        look_up(c, tables, [&] {
          kernels::gather_sum(c.inputs.first(tables), c.inputs.subspan(tables, tables),
                              bias ? c.inputs.back().floats() : nullptr, activation, c.output);
        });
      };
    },
    .gradient = gradient,
    .takes_epilogue = true,
    .takes_ids = true,
    .bytes = lookup_bytes,
    .onnx =
        [](OnnxGraph& g, Value y) {
          const int tables = y.input_count() / 2;
          std::vector<std::string> rows;
          rows.reserve(static_cast<std::size_t>(tables));
          for (int k = 0; k < tables; ++k) {
            rows.push_back(g.node("Gather", {g.name(y.input(k)), g.name(y.input(tables + k))}));
          }
          return g.node("Sum", std::move(rows));
        },
};

}  // namespace

Value embedding_sum(const std::vector<Value>& tables, const std::vector<Value>& ids, Where where) {
  if (tables.empty() || tables.size() != ids.size()) {
    fail("embedding_sum: {} tables and {} ids", tables.size(), ids.size());
  }
  std::vector<Value> inputs(tables);
  inputs.insert(inputs.end(), ids.begin(), ids.end());
  return record(kEmbeddingSum, inputs, {}, where);
}

}  // namespace gradus

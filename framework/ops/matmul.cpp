#include "framework/ops/matmul.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"
#include "framework/ops/add.h"
#include "framework/ops/concat.h"
#include "framework/ops/embedding.h"
#include "framework/ops/embedding_sum.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/transpose.h"

namespace gradus {
namespace {

// A taller product is cut into blocks of at most so many output rows, one worker each.
constexpr std::int64_t kTallest = 512;
constexpr std::int64_t kBlockRows = 128;
// A small sum over many rows is cut into parts of at least so many, one worker each.
constexpr std::int64_t kPartRows = 256;
constexpr std::int64_t kMostParts = 8;
constexpr std::int64_t kSmallResult = 32'768;
// Elements of weights that are worth turning, rather than copied by oneDNN for each tile.
constexpr std::int64_t kWorthTurning = 65'536;

Shape product_shape(std::span<const Value> x, const Attributes& a) {
  const Shape& left = x[0].shape();
  const Shape& right = x[1].shape();
  if (left.rank() != 2 || right.rank() != 2) {
    fail("matmul: shapes {} and {} must have two axes each", left.text(), right.text());
  }
  const int ta = a.get<bool>("transpose_a") ? 1 : 0;
  const int tb = a.get<bool>("transpose_b") ? 1 : 0;
  if (!(left[1 - ta] == right[tb])) {
    fail("matmul: {}{} has {} columns, {}{} has {} rows", left.text(), ta ? " transposed" : "",
         left[1 - ta].text(), right.text(), tb ? " transposed" : "", right[tb].text());
  }
  return {left[ta], right[1 - tb]};
}

Rows product_rows(Value y) {
  const bool ta = y.attribute<bool>("transpose_a");
  const bool tb = y.attribute<bool>("transpose_b");
  const Shape& a = y.input(0).shape();
  const Shape& b = y.input(1).shape();
  if (!ta && !b.has_batch()) return Rows::each;
  if (ta && !tb && a.has_rows() && b.has_rows()) return Rows::sum;
  return Rows::whole;
}

/// Rows of a block, of which there are an even number, so that two workers' shares are even. So are
/// its rows: one by itself costs most of two.
std::int64_t block_rows(std::int64_t m) {
  if (m <= kTallest) return m;
  const std::int64_t pairs = (m + 2 * kBlockRows - 1) / (2 * kBlockRows);  // of blocks
  return (m + 4 * pairs - 1) / (4 * pairs) * 2;
}

/// Into how many parts the rows of aᵀ · b are cut: a power of two, as even as workers' shares.
std::int64_t parts_of_sum(const Request& request, std::int64_t k) {
  // In tiles, workers run one kernel at once, which then has no memory for parts.
  if (product_rows(request.node) != Rows::whole) return 1;
  const Extents& y = request.output;
  if (y[0] > kTallest || y.elements() > kSmallResult) return 1;
  const auto parts = static_cast<std::uint64_t>(std::max<std::int64_t>(1, k / kPartRows));
  return std::min(kMostParts, static_cast<std::int64_t>(std::bit_floor(parts)));
}

/// aᵀ · b with its rows in parts, a worker each, whose products are added in their order.
Kernel prepare_sum(const Request& request, std::int64_t k, std::int64_t parts) {
  const std::int64_t m = request.output[0];
  const std::int64_t n = request.output[1];
  const std::int64_t rows = (k + parts - 1) / parts;
  const auto make = [&](std::int64_t count) {
    return std::make_shared<kernels::Matmul>(kernels::MatmulSizes{m, n, count, true, false, m},
                                             false, kernels::Activation::none,
                                             request.node.graph().math_mode());
  };
  const auto full = make(rows);
  const auto tail = make(k - rows * (parts - 1));
  const Tensor others({parts - 1, m, n});  // than the first, which the result has room for
  return [=](const Call& c) {
    const auto sum = [&](std::int64_t part) {
      View view = c.output;
      if (part > 0) view.data = others.view().floats() + (part - 1) * m * n;
      return view;
    };
    kernels::parallel_for(parts, [&](std::int64_t part) {
      const kernels::Matmul& product = part + 1 < parts ? *full : *tail;
      product.run(c.inputs[0].floats() + part * rows * m, c.inputs[1].floats() + part * rows * n,
                  nullptr, sum(part).floats(), false);
    });
    for (std::int64_t part = 1; part < parts; ++part) {
      kernels::binary(c.output, sum(part), c.output, [](float a, float b) { return a + b; });
    }
  };
}

Kernel prepare_product(const Request& request) {
  const bool ta = request.node.attribute<bool>("transpose_a");
  const bool tb = request.node.attribute<bool>("transpose_b");
  const Extents& a = request.inputs[0];
  const std::int64_t m = request.output[0];
  const std::int64_t n = request.output[1];
  const std::int64_t k = a[ta ? 0 : 1];
  if (ta && !tb) {
    const std::int64_t parts = parts_of_sum(request, k);
    if (parts > 1) return prepare_sum(request, k, parts);
  }
  const std::int64_t block = block_rows(m);
  const auto make = [&](std::int64_t rows) {
    const kernels::MatmulSizes sizes{rows, n, k, ta, tb, ta ? m : k};
    return std::make_shared<kernels::Matmul>(sizes, request.bias, request.activation,
                                             request.node.graph().math_mode());
  };
  const auto full = make(block);
  const auto tail = block > 0 && m % block != 0 ? make(m % block) : full;
  return [=, bias = request.bias, gated = request.gate](const Call& c) {
    const float* row = bias ? c.inputs[2].floats() : nullptr;
    const auto run = [&](const kernels::Matmul& product, std::int64_t first) {
      const float* gate = gated ? c.inputs.back().floats() + first * n : nullptr;
      product.run(c.inputs[0].floats() + first * (ta ? 1 : k), c.inputs[1].floats(), row,
                  c.output.floats() + first * n, c.accumulate, gate);
    };
    kernels::parallel_blocks(m, std::max<std::int64_t>(1, block),
                             [&](std::int64_t begin, std::int64_t end) {
                               run(end - begin == block ? *full : *tail, begin);
                             });
  };
}

/// xᵀ, by a step of its own where it has several rows and columns.
Value turned(Value x) {
  const Shape& shape = x.shape();
  if (shape[0].size == 1 || shape[1].size == 1) return reshape(x, {shape[1], shape[0]});
  return transpose(x, {1, 0});
}

/// aᵀ · b, summed over rows. Where oneDNN computes, it copies the transposed operand: the narrower.
Value sum_of_products(Value a, Value b) {
  const bool wide = a.shape()[1].size > b.shape()[1].size;
  return wide ? turned(matmul(b, a, true)) : matmul(a, b, true);
}

Gradients product_gradient(Value y, Value dy) {
  const bool ta = y.attribute<bool>("transpose_a");
  const bool tb = y.attribute<bool>("transpose_b");
  const Value a = y.input(0);
  const Value b = y.input(1);
  const bool by_tiles = !ta && a.shape().has_rows() && !b.shape().has_batch();
  if (by_tiles && b.shape().at(0).elements() <= kWorthTurning) {
    return {matmul(dy, tb ? b : turned(b)), tb ? sum_of_products(dy, a) : sum_of_products(a, dy)};
  }
  return {ta ? matmul(b, dy, tb, true) : matmul(dy, b, false, !tb),
          tb ? matmul(dy, a, true, ta) : matmul(a, dy, !ta, false)};
}

const Op kMatmul{
    .name = "matmul",
    .shape = product_shape,
    .rows = product_rows,
    .prepare = prepare_product,
    .gradient = product_gradient,
    .takes_epilogue = true,
    .takes_gate = true,
    .flops =
        [](const Request& r) {
          const bool ta = r.node.attribute<bool>("transpose_a");
          return 2.0 * static_cast<double>(r.output.elements()) *
                 static_cast<double>(r.inputs[0][ta ? 0 : 1]);
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const auto turned = [&](int k, const char* flag) {
            const std::string& x = g.name(y.input(k));
            return y.attribute<bool>(flag) ? g.node("Transpose", {x}) : x;
          };
          return g.node("MatMul", {turned(0, "transpose_a"), turned(1, "transpose_b")});
        },
};

/// Whether these are rows looked up, and multiplying all rows of their table is less work.
bool from_small_table(Value looked_up) {
  if (!is_embedding(looked_up)) return false;
  const std::int64_t rows = looked_up.input(0).shape()[0].size;
  return looked_up.shape().rank() == 2 && looked_up.shape().has_rows() && rows > 0 &&
         2 * rows <= looked_up.graph().expected_batch();
}

/// a · b where a is made of rows looked up in small tables, and of other columns: since
/// concat(table[ids], rest) · b = (table · b's first rows)[ids] + rest · b's other rows, each row
/// of a table is multiplied once. An empty Value where a is something else.
Value product_of_tables(const Operand& a, const Operand& b) {
  std::vector<Value> parts;
  if (is_concat(a.value, 1)) {
    for (int k = 0; k < a.value.input_count(); ++k) parts.push_back(a.value.input(k));
  } else {
    parts.push_back(a.value);
  }
  if (std::ranges::none_of(parts, from_small_table)) return {};
  std::vector<Value> products;
  std::vector<Value> ids;
  std::vector<Value> rest;
  std::vector<Value> rest_rows;
  std::int64_t begin = 0;
  for (const Value& part : parts) {
    const std::int64_t end = begin + part.shape()[1].size;
    const Value rows = slice({b.value, b.where.file, b.where.line}, 0, begin, end);
    if (from_small_table(part)) {
      products.push_back(matmul(part.input(0), rows));
      ids.push_back(part.input(1));
    } else {
      rest.push_back(part);
      rest_rows.push_back(rows);
    }
    begin = end;
  }
  const Value sum = embedding_sum(products, ids, a.where);
  if (rest.empty()) return sum;
  return matmul(concat(rest, 1, a.where), concat(rest_rows, 0, b.where)) + sum;
}

}  // namespace

Value matmul(Operand a, Operand b, bool transpose_a, bool transpose_b) {
  const Shape& left = a.value.shape();
  const Shape& right = b.value.shape();
  const bool plain = !transpose_a && !transpose_b && !right.has_batch();
  if (plain && left.rank() == 2 && right.rank() == 2 && left[1] == right[0]) {
    if (const Value sum = product_of_tables(a, b)) return sum;
  }
  return record(kMatmul, {a, b}, {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}});
}

}  // namespace gradus

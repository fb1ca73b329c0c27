#include "framework/ops/matmul.h"

#include <memory>

#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

// A taller product is cut into blocks of output rows, one worker each.
constexpr std::int64_t kTallest = 1024;
constexpr std::int64_t kBlockRows = 512;

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

Kernel prepare_product(const Request& request) {
  const bool ta = request.node.attribute<bool>("transpose_a");
  const bool tb = request.node.attribute<bool>("transpose_b");
  const Extents& a = request.inputs[0];
  const std::int64_t m = request.output[0];
  const std::int64_t n = request.output[1];
  const std::int64_t k = a[ta ? 0 : 1];
  const std::int64_t block = m > kTallest ? kBlockRows : m;
  const auto make = [&](std::int64_t rows) {
    const kernels::MatmulSizes sizes{rows, n, k, ta, tb, ta ? m : k};
    return std::make_shared<kernels::Matmul>(sizes, request.bias, request.activation);
  };
  const auto full = make(block);
  const auto tail = block > 0 && m % block != 0 ? make(m % block) : full;
  return [=, bias = request.bias](const Call& c) {
    const float* row = bias ? c.inputs[2].floats() : nullptr;
    const auto run = [&](const kernels::Matmul& product, std::int64_t first) {
      product.run(c.inputs[0].floats() + first * (ta ? 1 : k), c.inputs[1].floats(), row,
                  c.output.floats() + first * n, c.accumulate);
    };
    kernels::parallel_blocks(m, std::max<std::int64_t>(1, block),
                             [&](std::int64_t begin, std::int64_t end) {
                               run(end - begin == block ? *full : *tail, begin);
                             });
  };
}

Gradients product_gradient(Value y, Value dy) {
  const bool ta = y.attribute<bool>("transpose_a");
  const bool tb = y.attribute<bool>("transpose_b");
  const Value a = y.input(0);
  const Value b = y.input(1);
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
    .flops =
        [](const Request& r) {
          const bool ta = r.node.attribute<bool>("transpose_a");
          return 2.0 * static_cast<double>(r.output.elements()) *
                 static_cast<double>(r.inputs[0][ta ? 0 : 1]);
        },
};

}  // namespace

Value matmul(Operand a, Operand b, bool transpose_a, bool transpose_b) {
  return record(kMatmul, {a, b}, {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}});
}

}  // namespace gradus

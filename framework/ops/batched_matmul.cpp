#include "framework/ops/batched_matmul.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "framework/graph/onnx.h"
#include "framework/kernels/matmul.h"
#include "framework/kernels/parallel.h"

namespace gradus {
namespace {

bool flag(Value y, std::string_view name) { return y.attribute<bool>(name); }

Shape product_shape(std::span<const Value> x, const Attributes& a) {
  const Shape& left = x[0].shape();
  const Shape& right = x[1].shape();
  const int rank = left.rank();
  bool fits = rank >= 3 && right.rank() == rank;
  for (int k = 0; fits && k < rank - 2; ++k) fits = left[k] == right[k];
  if (!fits) {
    fail("batched_matmul: shapes {} and {} must have three axes or more, all but two the same",
         left.text(), right.text());
  }
  const int ta = a.get<bool>("transpose_a") ? 1 : 0;
  const int tb = a.get<bool>("transpose_b") ? 1 : 0;
  if (!(left[rank - 1 - ta] == right[rank - 2 + tb])) {
    fail("batched_matmul: {}{} has {} columns, {}{} has {} rows", left.text(),
         ta ? " transposed" : "", left[rank - 1 - ta].text(), right.text(), tb ? " transposed" : "",
         right[rank - 2 + tb].text());
  }
  Shape out = left;
  out[rank - 2] = left[rank - 2 + ta];
  out[rank - 1] = right[rank - 1 - tb];
  return out;
}

Kernel prepare_product(const Request& request) {
  constexpr double kFlops = 1e5;  // worth handing to a worker
  const bool ta = flag(request.node, "transpose_a");
  const bool tb = flag(request.node, "transpose_b");
  const Extents& a = request.inputs[0];
  const int rank = a.rank();
  const std::int64_t m = request.output[rank - 2];
  const std::int64_t n = request.output[rank - 1];
  const std::int64_t k = a[rank - (ta ? 2 : 1)];
  const kernels::MatmulSizes sizes{m, n, k, ta, tb, ta ? m : k};
  const auto product = std::make_shared<kernels::Matmul>(sizes, false, kernels::Activation::none,
                                                         request.node.graph().math_mode());
  const std::int64_t count = m * n == 0 ? 0 : request.output.elements() / (m * n);
  const auto grain = static_cast<std::int64_t>(
      std::max(1.0, kFlops / std::max(1.0, 2.0 * static_cast<double>(m * n * k))));
  return [=](const Call& c) {
    kernels::parallel_blocks(count, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        product->run(c.inputs[0].floats() + i * m * k, c.inputs[1].floats() + i * k * n, nullptr,
                     c.output.floats() + i * m * n, false);
      }
    });
  };
}

Gradients product_gradient(Value y, Value dy) {
  const bool ta = flag(y, "transpose_a");
  const bool tb = flag(y, "transpose_b");
  const Value a = y.input(0);
  const Value b = y.input(1);
  return {ta ? batched_matmul(b, dy, tb, true) : batched_matmul(dy, b, false, !tb),
          tb ? batched_matmul(dy, a, true, ta) : batched_matmul(a, dy, !ta, false)};
}

const Op kBatchedMatmul{
    .name = "batched_matmul",
    .shape = product_shape,
    .prepare = prepare_product,
    .gradient = product_gradient,
    .flops =
        [](const Request& r) {
          const Extents& a = r.inputs[0];
          const std::int64_t k = a[a.rank() - (flag(r.node, "transpose_a") ? 2 : 1)];
          return 2.0 * static_cast<double>(r.output.elements()) * static_cast<double>(k);
        },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const auto turned = [&](int k, std::string_view name) {
            const std::string& x = g.name(y.input(k));
            if (!flag(y, name)) return x;
            std::vector<std::int64_t> axes(static_cast<std::size_t>(y.shape().rank()));
            std::iota(axes.begin(), axes.end(), 0);
            std::swap(axes[axes.size() - 2], axes.back());
            return g.node("Transpose", {x}, {{"perm", std::move(axes)}});
          };
          return g.node("MatMul", {turned(0, "transpose_a"), turned(1, "transpose_b")});
        },
};

}  // namespace

Value batched_matmul(Operand a, Operand b, bool transpose_a, bool transpose_b) {
  return record(kBatchedMatmul, {a, b},
                {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}});
}

}  // namespace gradus

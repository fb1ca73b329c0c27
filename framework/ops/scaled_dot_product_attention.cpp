#include "framework/ops/scaled_dot_product_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/graph/onnx.h"
#include "framework/ops/batched_matmul.h"
#include "framework/ops/scale.h"
#include "framework/ops/softmax.h"

namespace gradus {
namespace {

/// [.., m, n] with another number above the diagonal, that is, of keys after their query.
Value without_later(Operand scores, double instead);

const Op kWithoutLater{
    .name = "without_later",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
    .run =
        [](const Call& c) {
          const auto instead = static_cast<float>(c.node.attribute<double>("instead"));
          const int rank = c.output.extents.rank();
          const std::int64_t queries = c.output.extents[rank - 2];
          const std::int64_t keys = c.output.extents[rank - 1];
          const float* x = c.inputs[0].floats();
          float* y = c.output.floats();
          const std::int64_t lines = keys == 0 ? 0 : c.output.elements() / keys;
          for (std::int64_t line = 0; line < lines; ++line, x += keys, y += keys) {
            const std::int64_t seen = std::min(keys, line % queries + 1);
            std::copy_n(x, seen, y);
            std::fill(y + seen, y + keys, instead);
          }
        },
    .gradient = [](Value, Value dy) { return Gradients{without_later(dy, 0.0)}; },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const int rank = y.shape().rank();
          const std::int64_t queries = y.shape()[rank - 2].size;
          const std::int64_t keys = y.shape()[rank - 1].size;
          std::vector<std::int64_t> later;
          for (std::int64_t i = 0; i < queries * keys; ++i) later.push_back(i % keys > i / keys);
          const std::string flags = g.reshaped(g.list(std::move(later)), {queries, keys});
          const std::string is = g.node("Equal", {flags, g.list({1})});
          const std::string instead = g.number(y.attribute<double>("instead"));
          return g.node("Where", {is, instead, g.name(y.input(0))});
        },
};

Value without_later(Operand scores, double instead) {
  return record(kWithoutLater, {scores}, {{"instead", instead}});
}

}  // namespace

Value scaled_dot_product_attention(Operand query, Operand key, Operand value, bool causal) {
  const Shape& q = query.value.shape();
  const Shape& k = key.value.shape();
  const Shape& v = value.value.shape();
  const int rank = q.rank();
  checked(query, [&] {
    bool fits = rank >= 3 && k.rank() == rank && v.rank() == rank;
    for (int a = 0; fits && a < rank - 2; ++a) fits = q[a] == k[a] && q[a] == v[a];
    fits = fits && q[rank - 1] == k[rank - 1] && !q[rank - 1].times_batch &&
           k[rank - 2] == v[rank - 2] && !k[rank - 2].times_batch;
    if (!fits) {
      fail(
          "scaled_dot_product_attention: query, key and value must be [.., m, d], [.., n, d] and "
          "[.., n, v], not {}, {} and {}",
          q.text(), k.text(), v.text());
    }
  });
  const auto at = [&](Value x) { return Operand(x, query.where.file, query.where.line); };
  const double factor = 1.0 / std::sqrt(static_cast<double>(q[rank - 1].size));
  Value scores = scale(at(batched_matmul(query, key, false, true)), factor);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (causal) scores = without_later(at(scores), -kInfinity);
  return batched_matmul(at(softmax(at(scores), -1)), value);
}

}  // namespace gradus

#include "framework/ops/embedding_bag.h"

#include <algorithm>
#include <cmath>

#include "framework/ops/embedding.h"

namespace gradus {
namespace {

enum class Combiner : std::uint8_t { sum, mean, sqrtn };

Combiner combiner_of(const std::string& name) {
  if (name == "sum") return Combiner::sum;
  if (name == "mean") return Combiner::mean;
  if (name == "sqrtn") return Combiner::sqrtn;
  fail("embedding_bag: the combiner must be sum, mean or sqrtn, not '{}'", name);
}

Value combined(Value rows, Value offsets, const std::string& combiner);
Value spread(Value bags, Value offsets, const std::string& combiner, const Shape& rows);

/// Calls body(bag, first row, last row, factor) for every bag.
template <class Body>
void for_bags(const Call& c, const View& offsets, std::int64_t rows, const Body& body) {
  const Combiner combiner = combiner_of(c.node.attribute<std::string>("combiner"));
  const std::int32_t* o = offsets.ids();
  const std::int64_t bags = offsets.elements() - 1;
  if (o[0] != 0 || o[bags] != rows || !std::is_sorted(o, o + bags + 1)) {
    fail("embedding_bag: offsets must rise from 0 to the number of ids, {}", rows);
  }
  for (std::int64_t bag = 0; bag < bags; ++bag) {
    const auto count = static_cast<float>(std::max(1, o[bag + 1] - o[bag]));
    float factor = 1.0F;
    if (combiner == Combiner::mean) factor = 1.0F / count;
    if (combiner == Combiner::sqrtn) factor = 1.0F / std::sqrt(count);
    body(bag, o[bag], o[bag + 1], factor);
  }
}

/// rows [n, dimension] combined -> [bags, dimension].
const Op kCombined{
    .name = "embedding_bag",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& offsets = x[1].shape();
          return Shape{offsets[0].size - 1, x[0].shape()[1]};
        },
    .rows = [](Value) { return Rows::whole; },
    .run =
        [](const Call& c) {
          const std::int64_t dimension = c.output.extents[1];
          std::fill_n(c.output.floats(), c.output.elements(), 0.0F);
          for_bags(c, c.inputs[1], c.inputs[0].extents[0],
                   [&](std::int64_t bag, std::int64_t begin, std::int64_t end, float factor) {
                     float* y = c.output.floats() + bag * dimension;
                     for (std::int64_t row = begin; row < end; ++row) {
                       const float* x = c.inputs[0].floats() + row * dimension;
                       for (std::int64_t i = 0; i < dimension; ++i) y[i] += x[i];
                     }
                     for (std::int64_t i = 0; i < dimension; ++i) y[i] *= factor;
                   });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{
              spread(dy, y.input(1), y.attribute<std::string>("combiner"), y.input(0).shape()), {}};
        },
    .takes_ids = true,
    .flops = [](const Request& r) { return static_cast<double>(r.inputs[0].elements()); },
};

/// The adjoint: bags [bags, dimension] repeated for their rows -> [n, dimension].
const Op kSpread{
    .name = "embedding_bag_gradient",
    .shape = [](std::span<const Value>, const Attributes& a) { return a.get<Shape>("rows"); },
    .rows = [](Value) { return Rows::whole; },
    .run =
        [](const Call& c) {
          const std::int64_t dimension = c.output.extents[1];
          for_bags(c, c.inputs[1], c.output.extents[0],
                   [&](std::int64_t bag, std::int64_t begin, std::int64_t end, float factor) {
                     const float* x = c.inputs[0].floats() + bag * dimension;
                     for (std::int64_t row = begin; row < end; ++row) {
                       float* y = c.output.floats() + row * dimension;
                       for (std::int64_t i = 0; i < dimension; ++i) y[i] = factor * x[i];
                     }
                   });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{combined(dy, y.input(1), y.attribute<std::string>("combiner")), {}};
        },
    .takes_ids = true,
};

Value combined(Value rows, Value offsets, const std::string& combiner) {
  return record(kCombined, {rows, offsets}, {{"combiner", combiner}});
}

Value spread(Value bags, Value offsets, const std::string& combiner, const Shape& rows) {
  return record(kSpread, {bags, offsets}, {{"combiner", combiner}, {"rows", rows}});
}

}  // namespace

Value embedding_bag(Operand table, Operand ids, Operand offsets, const std::string& combiner) {
  checked(table, [&] {
    combiner_of(combiner);
    const Shape& shape = offsets.value.shape();
    const bool is_list = shape.rank() == 1 && !shape[0].times_batch && shape[0].size > 0;
    if (!is_list || ids.value.shape().rank() != 1) {
      fail("embedding_bag: ids must be [n] and offsets [bags + 1], not {} and {}",
           ids.value.shape().text(), shape.text());
    }
    if (offsets.value.node().type != DataType::int32) {
      fail("embedding_bag: offsets of int32 are needed, not {}", name(offsets.value.node().type));
    }
  });
  const Value rows = embedding(table, {ids.value, table.where.file, table.where.line});
  return record(kCombined, {{rows, table.where.file, table.where.line}, offsets},
                {{"combiner", combiner}});
}

}  // namespace gradus

#include "framework/ops/embedding_bag.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "framework/graph/builtin.h"
#include "framework/kernels/clones.h"
#include "framework/kernels/parallel.h"

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
  constexpr std::int64_t kBags = 256;  // worth handing to a worker
  kernels::parallel_blocks(bags, kBags, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t bag = first; bag < last; ++bag) {
      const auto count = static_cast<float>(std::max(1, o[bag + 1] - o[bag]));
      float factor = 1.0F;
      if (combiner == Combiner::mean) factor = 1.0F / count;
      if (combiner == Combiner::sqrtn) factor = 1.0F / std::sqrt(count);
      body(bag, o[bag], o[bag + 1], factor);
    }
  });
}

/// y = factor * the sum of the rows that the ids name.
GRADUS_CLONES
void sum_bag(const View& table, std::span<const std::int32_t> ids, float factor, float* y) {
  const std::int64_t dimension = table.extents[1];
  std::fill_n(y, dimension, 0.0F);
  for (const std::int32_t id : ids) {
    if (id < 0 || id >= table.extents[0]) {
      fail("embedding_bag: id {} is not a row of a table of {}", id, table.extents[0]);
    }
    const float* row = table.floats() + id * dimension;
    for (std::int64_t i = 0; i < dimension; ++i) y[i] += row[i];
  }
  for (std::int64_t i = 0; i < dimension; ++i) y[i] *= factor;
}

/// table [rows, dimension], ids [n] and offsets [bags + 1] -> [bags, dimension]: looked up and
/// combined at once.
const Op kEmbeddingBag{
    .name = "embedding_bag",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& table = x[0].shape();
          if (table.rank() != 2 || table.has_batch()) {
            fail("embedding_bag: the table must be [rows, dimension], not {}", table.text());
          }
          if (x[0].node().type != DataType::float32 || x[1].node().type != DataType::int32) {
            fail("embedding_bag: a table of float32 and ids of int32 are needed, not {} and {}",
                 name(x[0].node().type), name(x[1].node().type));
          }
          return Shape{x[2].shape()[0].size - 1, table[1]};
        },
    .rows = [](Value) { return Rows::whole; },
    .run =
        [](const Call& c) {
          const std::int32_t* ids = c.inputs[1].ids();
          for_bags(c, c.inputs[2], c.inputs[1].elements(),
                   [&](std::int64_t bag, std::int64_t begin, std::int64_t end, float factor) {
                     sum_bag(c.inputs[0], {ids + begin, ids + end}, factor,
                             c.output.floats() + bag * c.output.extents[1]);
                   });
        },
    .gradient =
        [](Value y, Value dy) {
          Shape rows = y.input(1).shape();
          rows.push_back(y.shape()[1]);
          const Value spread_out =
              spread(dy, y.input(2), y.attribute<std::string>("combiner"), rows);
          return Gradients{RowGradient{y.input(1), spread_out}, {}, {}};
        },
    .takes_ids = true,
    .bytes = lookup_bytes,
};

/// rows [n, dimension] combined -> [bags, dimension].
const Op kCombined{
    .name = "combined_rows",
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
  return record(kEmbeddingBag, {table, ids, offsets}, {{"combiner", combiner}});
}

}  // namespace gradus

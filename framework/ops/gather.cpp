#include "framework/ops/gather.h"

#include <algorithm>

#include "framework/graph/onnx.h"
#include "framework/kernels/axis.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

int axis_of(Value y) { return static_cast<int>(y.attribute<std::int64_t>("axis")); }

void require_types(std::string_view op, std::span<const Value> x) {
  if (x[0].node().type != DataType::float32 || x[1].node().type != DataType::int32) {
    fail("{}: numbers of float32 and ids of int32 are needed, not {} and {}", op,
         name(x[0].node().type), name(x[1].node().type));
  }
}

Rows rows(Value y) { return axis_of(y) == 0 ? Rows::whole : Rows::each; }

/// Calls body(offset of an id and its element, offset of the element that it names), in order.
template <class Body>
void for_ids(std::string_view op, const View& ids, int axis, std::int64_t size, const Body& body) {
  const kernels::AroundAxis a(ids.extents, axis);
  const auto check = [&](std::int64_t id) {
    if (id < 0 || id >= size) {
      fail("{}: id {} is beyond axis {}, which has {} elements", op, id, axis, size);
    }
  };
  if (a.inner == 1) {
    const std::int32_t* id = ids.ids();
    for (std::int64_t o = 0, at = 0; o < a.outer; ++o) {
      for (std::int64_t k = 0; k < a.length; ++k, ++at) {
        check(id[at]);
        body(at, o * size + id[at]);
      }
    }
    return;
  }
  for (std::int64_t o = 0; o < a.outer; ++o) {
    for (std::int64_t k = 0; k < a.length; ++k) {
      for (std::int64_t i = 0; i < a.inner; ++i) {
        const std::int64_t at = (o * a.length + k) * a.inner + i;
        const std::int64_t id = ids.ids()[at];
        check(id);
        body(at, (o * size + id) * a.inner + i);
      }
    }
  }
}

const Op kGather{
    .name = "gather",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          require_types("gather", x);
          const auto axis = static_cast<int>(a.get<std::int64_t>("axis"));
          const Shape& from = x[0].shape();
          const Shape& ids = x[1].shape();
          if (from[axis].times_batch) {
            fail("gather: axis {} of {} grows with the batch", axis, from.text());
          }
          bool fits = from.rank() == ids.rank();
          for (int k = 0; fits && k < from.rank(); ++k) fits = k == axis || from[k] == ids[k];
          if (!fits) {
            fail("gather: shapes {} and {} differ beyond axis {}", from.text(), ids.text(), axis);
          }
          return ids;
        },
    .rows = rows,
    .run =
        [](const Call& c) {
          const int axis = axis_of(c.node);
          const View& x = c.inputs[0];
          for_ids("gather", c.inputs[1], axis, x.extents[axis],
                  [&](std::int64_t at, std::int64_t named) {
                    c.output.floats()[at] = x.floats()[named];
                  });
        },
    .gradient =
        [](Value y, Value dy) {
          const std::int64_t size = y.input(0).shape()[axis_of(y)].size;
          return Gradients{scatter_add(dy, y.input(1), axis_of(y), size), {}};
        },
    .takes_ids = true,
    .onnx =
        [](OnnxGraph& g, Value y) {
          return g.node("GatherElements", y, {{"axis", y.attribute<std::int64_t>("axis")}});
        },
};

const Op kScatterAdd{
    .name = "scatter_add",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          require_types("scatter_add", x);
          const auto size = a.get<std::int64_t>("size");
          if (size < 0) fail("scatter_add: negative size {}", size);
          if (!(x[0].shape() == x[1].shape())) {
            fail("scatter_add: numbers of shape {} and ids of {} must be the same",
                 x[0].shape().text(), x[1].shape().text());
          }
          Shape out = x[0].shape();
          out[static_cast<int>(a.get<std::int64_t>("axis"))] = size;
          return out;
        },
    .rows = rows,
    .run =
        [](const Call& c) {
          const int axis = axis_of(c.node);
          std::fill_n(c.output.floats(), c.output.elements(), 0.0F);
          for_ids("scatter_add", c.inputs[1], axis, c.output.extents[axis],
                  [&](std::int64_t at, std::int64_t named) {
                    c.output.floats()[named] += c.inputs[0].floats()[at];
                  });
        },
    .gradient = [](Value y, Value dy) { return Gradients{gather(dy, y.input(1), axis_of(y)), {}}; },
    .takes_ids = true,
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string zeros = g.node("Expand", {g.number(0), g.sizes(y.shape())});
          return g.node("ScatterElements", {zeros, g.name(y.input(1)), g.name(y.input(0))},
                        {{"axis", y.attribute<std::int64_t>("axis")}, {"reduction", "add"}});
        },
};

}  // namespace

Value gather(Operand x, Operand ids, int axis) {
  const std::int64_t along = checked_axis("gather", x, axis);
  return record(kGather, {x, ids}, {{"axis", along}});
}

Value scatter_add(Operand x, Operand ids, int axis, std::int64_t size) {
  const std::int64_t along = checked_axis("scatter_add", x, axis);
  return record(kScatterAdd, {x, ids}, {{"axis", along}, {"size", size}});
}

}  // namespace gradus

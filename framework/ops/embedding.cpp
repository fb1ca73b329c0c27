#include "framework/ops/embedding.h"

#include "framework/kernels/rows.h"

namespace gradus {
namespace {

const Op kEmbedding{
    .name = "embedding",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          if (x[0].shape().rank() != 2 || x[0].shape().has_batch()) {
            fail("embedding: the table must be [rows, dimension], not {}", x[0].shape().text());
          }
          if (x[1].node().type != DataType::int32) fail("embedding: ids must be int32");
          Shape out = x[1].shape();
          out.push_back(x[0].shape()[1]);
          return out;
        },
    .run = [](const Call& c) { kernels::gather(c.inputs[0], c.inputs[1], c.output); },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{RowGradient{y.input(1), dy}, {}};
        },
};

}  // namespace

Value embedding(Operand table, Operand ids) { return record(kEmbedding, {table, ids}); }

}  // namespace gradus

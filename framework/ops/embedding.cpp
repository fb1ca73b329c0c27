#include "framework/ops/embedding.h"

#include "framework/graph/builtin.h"
#include "framework/graph/onnx.h"

namespace gradus {
namespace {

const Op kEmbedding{
    .name = "embedding",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          if (x[0].shape().rank() != 2 || x[0].shape().has_batch()) {
            fail("embedding: the table must be [rows, dimension], not {}", x[0].shape().text());
          }
          if (x[0].node().type != DataType::float32 || x[1].node().type != DataType::int32) {
            fail("embedding: a table of float32 and ids of int32 are needed, not {} and {}",
                 name(x[0].node().type), name(x[1].node().type));
          }
          if (x[1].shape().rank() == kMaximumRank) {
            fail("embedding: ids of shape {} have too many axes", x[1].shape().text());
          }
          Shape out = x[1].shape();
          out.push_back(x[0].shape()[1]);
          return out;
        },
    .run =
        [](const Call& c) {
          look_up(c, 1, [&c] { kernels::gather(c.inputs[0], c.inputs[1], c.output); });
        },
    .gradient = [](Value y, Value dy) { return Gradients{RowGradient{y.input(1), dy}, {}}; },
    .writes_apart = true,
    .takes_ids = true,
    .bytes = lookup_bytes,
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Gather", y); },
};

}  // namespace

Value embedding(Operand table, Operand ids) { return record(kEmbedding, {table, ids}); }

bool is_embedding(Value value) { return value.node().op == &kEmbedding; }

}  // namespace gradus

#include "framework/ops/add.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/elementwise.h"
#include "framework/ops/broadcast.h"

namespace gradus {
namespace {

const Op kAdd{
    .name = "add",
    .shape = [](std::span<const Value> x,
                const Attributes&) { return broadcast_shapes("add", x[0].shape(), x[1].shape()); },
    .run =
        [](const Call& c) {
          kernels::binary(c.inputs[0], c.inputs[1], c.output,
                          [](float a, float b) { return a + b; });
        },
    .gradient =
        [](Value y, Value dy) {
          return Gradients{sum_to(dy, y.input(0).shape()), sum_to(dy, y.input(1).shape())};
        },
    .epilogue =
        [](Value y) {
          const Shape& row = y.input(1).shape();
          const bool bias = y.shape() == y.input(0).shape() && row.rank() == 1 &&
                            row[0] == y.shape()[y.shape().rank() - 1] && !row.has_batch();
          return Epilogue{.kind = bias ? Epilogue::Kind::bias : Epilogue::Kind::none};
        },
    .onnx = [](OnnxGraph& g, Value y) { return g.node("Add", y); },
};

}  // namespace

Value operator+(Operand a, Operand b) { return record(kAdd, {a, b}); }

}  // namespace gradus

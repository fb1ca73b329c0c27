#include "framework/nn/batch_norm.h"

#include "framework/ops/moments.h"
#include "framework/ops/normalize.h"
#include "framework/ops/slice.h"

namespace gradus {
namespace {

/// moving = momentum * moving + (1 - momentum) * now, in place.
const Op kFollow{
    .name = "moving_average",
    .shape = [](std::span<const Value>, const Attributes&) { return Shape{0}; },
    .rows = [](Value) { return Rows::whole; },
    .run =
        [](const Call& c) {
          if (c.batch == 0) return;  // which has no mean
          const auto momentum = static_cast<float>(c.node.attribute<double>("momentum"));
          float* moving = c.inputs[0].floats();
          const float* now = c.inputs[1].floats();
          for (std::int64_t i = 0; i < c.inputs[0].elements(); ++i) {
            moving[i] = momentum * moving[i] + (1 - momentum) * now[i];
          }
        },
    .updates = 1,
};

}  // namespace

BatchNorm::BatchNorm(std::int64_t size, double momentum, double epsilon)
    : scale_(parameter("scale", {size}, ones())),
      shift_(parameter("shift", {size}, zeros())),
      mean_(parameter("moving_mean", {size}, zeros())),
      variance_(parameter("moving_variance", {size}, ones())),
      momentum_(momentum),
      epsilon_(epsilon) {
  mean_.trained = false;
  variance_.trained = false;
  if (!(momentum >= 0 && momentum <= 1)) {
    fail("batch_norm: momentum must be from 0 to 1, not {}", momentum);
  }
  if (!(epsilon > 0)) fail("batch_norm: epsilon must be above 0, not {}", epsilon);
}

Value BatchNorm::operator()(Operand x, bool training) const {
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  const Shape& shape = x.value.shape();
  const Extents& size = mean_.value.extents();
  if (shape.rank() != 2 || !(shape[1] == Dimension{size[0]})) {
    throw Error(fmt::format("batch_norm: input has shape {}, [batch, {}] is needed{}", shape.text(),
                            size[0], graph.place(x.where)));
  }
  const auto at = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  if (training) {
    const Value both = moments(x);
    const Value mean = row_of(at(both), 0);
    const Value variance = row_of(at(both), 1);
    const Attributes momentum{{"momentum", momentum_}};
    graph.update_each_step(record(kFollow, {mean_.in(graph), mean}, momentum));
    graph.update_each_step(record(kFollow, {variance_.in(graph), variance}, momentum));
    return normalize(x, mean, variance, scale_.in(graph), shift_.in(graph), epsilon_);
  }
  return normalize(x, mean_.in(graph), variance_.in(graph), scale_.in(graph), shift_.in(graph),
                   epsilon_);
}

}  // namespace gradus

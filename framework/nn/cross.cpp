#include "framework/nn/cross.h"

#include "framework/ops/add.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"

namespace gradus {

Cross::Cross(std::int64_t size, std::int64_t rank, double diagonal_scale, double l2)
    : diagonal_scale_(diagonal_scale) {
  if (rank < 0) fail("cross: rank must be 0 or more, not {}", rank);
  if (!(diagonal_scale >= 0)) {
    fail("cross: diagonal_scale must be 0 or more, not {}", diagonal_scale);
  }
  const Initializer start = initializer("truncated_normal");
  if (rank == 0) {
    factors_ = {&parameter("weight", {size, size}, start, l2)};
  } else {
    factors_ = {&parameter("down", {size, rank}, start, l2),
                &parameter("up", {rank, size}, start, l2)};
  }
  bias_ = &parameter("bias", {size}, zeros());
}

Value Cross::operator()(Operand first, Operand x) const {
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  const auto at = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  require_same_shape("cross", first, x.value);
  Value product = x.value;
  for (const Parameter* factor : factors_) product = matmul(at(product), factor->in(graph));
  product = at(product) + bias_->in(graph);
  if (diagonal_scale_ != 0) product = at(product) + scale(x, diagonal_scale_);
  return at(first * product) + x;
}

}  // namespace gradus

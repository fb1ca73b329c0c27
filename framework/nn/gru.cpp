#include "framework/nn/gru.h"

#include "framework/ops/add.h"
#include "framework/ops/broadcast.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"
#include "framework/ops/negative.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/slice.h"
#include "framework/ops/stack.h"
#include "framework/ops/subtract.h"
#include "framework/ops/tanh.h"

namespace gradus {
namespace {

constexpr std::int64_t kParts = 3;

}  // namespace

Gru::Gru(std::int64_t inputs, std::int64_t units)
    : units_(units),
      weight_(parameter("weight", {inputs, kParts * units}, glorot_uniform())),
      recurrent_weight_(parameter("recurrent_weight", {units, kParts * units}, orthogonal())),
      bias_(parameter("bias", {kParts * units}, zeros())),
      recurrent_bias_(parameter("recurrent_bias", {kParts * units}, zeros())) {}

Value Gru::operator()(Operand x) const {
  Graph& graph = x.value.graph();
  const auto scope = enter(graph);
  const Shape shape = x.value.shape();
  const std::int64_t inputs = weight_.value.extents()[0];
  if (shape.rank() != 3 || shape[1].times_batch || shape[1].size == 0 ||
      !(shape[2] == Dimension{inputs})) {
    throw Error(fmt::format("gru: input must be [batch, steps, {}], with at least a step, not {}{}",
                            inputs, shape.text(), graph.place(x.where)));
  }
  const auto at = [&x](Value value) { return Operand(value, x.where.file, x.where.line); };
  const auto part = [&](Value all, std::int64_t first, std::int64_t count) {
    return slice(at(all), 1, first * units_, (first + count) * units_);
  };
  Value state;
  std::vector<Value> states;
  for (std::int64_t step = 0; step < shape[1].size; ++step) {
    const Value now = reshape(at(slice(x, 1, step, step + 1)), {shape[0], inputs});
    const Value given = at(matmul(at(now), weight_.in(graph))) + bias_.in(graph);
    Value kept = recurrent_bias_.in(graph);
    if (state) {
      kept = at(matmul(at(state), recurrent_weight_.in(graph))) + kept;
    } else {
      kept = broadcast_to(at(kept), given.shape());  // of a state of zeros
    }
    const Value gates = sigmoid(at(at(part(given, 0, 2)) + part(kept, 0, 2)));
    const Value update = part(gates, 0, 1);
    const Value reset = part(gates, 1, 1);
    const Value fresh = tanh(at(at(part(given, 2, 1)) + at(reset) * part(kept, 2, 1)));
    // z * h + (1 - z) * g = g + z * (h - g)
    const Value change = state ? at(state) - fresh : -at(fresh);
    state = at(fresh) + at(update) * change;
    states.push_back(state);
  }
  return stack(states, 1, x.where);
}

}  // namespace gradus

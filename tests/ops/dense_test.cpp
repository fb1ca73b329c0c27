#include <doctest/doctest.h>

#include "framework/ops/add.h"
#include "framework/ops/matmul.h"
#include "framework/ops/relu.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/tanh.h"
#include "tests/ops/op_case.h"

// A product, a bias and an activation: what the planner computes as one.
namespace gradus::tests {
namespace {

Value activate(Value x, const std::string& activation) {
  if (activation == "none") return x;
  if (activation == "relu") return relu(x);
  if (activation == "sigmoid") return sigmoid(x);
  if (activation == "tanh") return tanh(x);
  fail("dense: no activation '{}'", activation);
}

std::vector<InputCase> layer(std::int64_t in, std::int64_t out, const InputCase& bias) {
  return {numbers({kBatch, in}, -1.0F, 1.0F), numbers({in, out}, -0.2F, 0.2F), bias};
}

std::vector<InputCase> layer(std::int64_t in, std::int64_t out) {
  return layer(in, out, numbers({out}, -1.0F, 1.0F));
}

/// A bias far from 0, so that differences never step over relu's kink.
std::vector<InputCase> relu_layer(std::int64_t in, std::int64_t out) {
  return layer(in, out, numbers({out}, -4.0F, 4.0F, 3.0F));
}

Attributes with(const std::string& activation) { return {{"activation", activation}}; }

const OpCases kCases({
    .op = "dense",
    .attributes = {"activation"},
    .build =
        [](const Values& x, const Attributes& a) {
          return activate(matmul(x[0], x[1]) + x[2], a.get<std::string>("activation"));
        },
    .cases =
        {
            {"none", layer(17, 9), with("none")},
            {"relu", relu_layer(17, 9), with("relu")},
            {"sigmoid", layer(17, 9), with("sigmoid")},
            {"tanh", layer(17, 9), with("tanh")},
            {"none, one column", layer(17, 1), with("none")},
            {"sigmoid, one column", layer(17, 1), with("sigmoid")},
            {"relu, wide", relu_layer(33, 70), with("relu")},
            {"sigmoid, wide", layer(33, 70), with("sigmoid")},
            {"tanh, wide", layer(33, 70), with("tanh")},
            {"ranking", relu_layer(64, 256), with("relu")},
        },
});

}  // namespace
}  // namespace gradus::tests

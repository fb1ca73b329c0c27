#include "framework/nn/dense.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

using kernels::Activation;

Activation activation(const std::string& name) {
  static const std::map<std::string, Activation> kNames = {{"none", Activation::none},
                                                           {"relu", Activation::relu},
                                                           {"sigmoid", Activation::sigmoid},
                                                           {"tanh", Activation::tanh}};
  return kNames.at(name);
}

std::vector<OpCase> cases() {
  std::vector<OpCase> all;
  // Not relu, at whose kink differences say nothing: `Mlp` has it.
  for (const char* name : {"none", "sigmoid", "tanh"}) {
    all.push_back(
        {name, {{kBatch, 9}}, {{"units", std::int64_t{5}}, {"activation", std::string(name)}}});
  }
  all.push_back({"one unit",
                 {{kBatch, 1}},
                 {{"units", std::int64_t{1}}, {"activation", std::string("none")}}});
  return all;
}

const OpCases kCases({
    .op = "Dense",
    .attributes = {"units", "activation"},
    .build =
        [](const Values& x, const Attributes& given) {
          return Dense(x[0].shape()[1].size, given.get<std::int64_t>("units"),
                       activation(given.get<std::string>("activation")))(x[0]);
        },
    .cases = cases(),
    .layer = true,
});

TEST_CASE("Dense begins with the initialiser that it is given") {
  const Dense layer(3, 2, Activation::none, 0.0, ones());
  initialize(layer, 1);
  const Tensor& weight = layer.parameters()[0].parameter->value;
  CHECK(std::ranges::equal(weight.floats(), std::vector<float>(6, 1.0F)));
}

}  // namespace
}  // namespace gradus::tests

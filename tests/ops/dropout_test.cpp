#include "framework/ops/dropout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const InputCase kKey = ids({3}, 1000);

const OpCases kCases({
    .op = "dropout",
    .attributes = {"rate"},
    .build =
        [](const Values& x, const Attributes& attributes) {
          return dropout(x[0], x[1], attributes.get<double>("rate"), "ratings.dropout");
        },
    .cases =
        {
            {"a layer", {{kBatch, 64}, kKey}, {{"rate", 0.3}}},
            {"columns beyond a vector", {{kBatch, 67}, kKey}, {{"rate", 0.5}}},
            {"one column", {{kBatch, 1}, kKey}, {{"rate", 0.9}}},
            {"nothing dropped", {{kBatch, 5}, kKey}, {{"rate", 0.0}}},
            {"rank 1", {{kBatch}, kKey}, {{"rate", 0.5}}},
            {"rank 3", {{kBatch, 3, 5}, kKey}, {{"rate", 0.5}}},
            {"no columns", {{kBatch, 0}, kKey}, {{"rate", 0.5}}},
            {"constants", {{4, 5}, kKey}, {{"rate", 0.5}}},
        },
});

Tensor key(std::int32_t seed, std::int32_t step) {
  const std::vector<std::int32_t> values = {seed, 0, step};
  return {{3}, std::span<const std::int32_t>(values)};
}

std::vector<float> dropped(const Tensor& x, const Tensor& key, double rate,
                           std::string_view purpose = "layer") {
  return evaluate(
      [&](const Values& inputs) { return dropout(inputs[0], inputs[1], rate, purpose); }, {x, key});
}

TEST_CASE("dropout: an element falls where its own random number is below the rate") {
  Tensor x({3, 70});
  for (std::size_t i = 0; i < x.floats().size(); ++i) x.floats()[i] = static_cast<float>(i + 1);
  const std::vector<float> y = dropped(x, key(7, 3), 0.25);
  const Random random(7, "layer", 3);
  for (std::uint32_t row = 0; row < 3; ++row) {
    for (std::uint32_t column = 0; column < 70; ++column) {
      const bool stays = random.bits(row, column) >= 0x40000000U;
      const float value = x.floats()[row * 70 + column];
      CHECK(y[row * 70 + column] == (stays ? value * (1.0F / 0.75F) : 0.0F));
    }
  }
}

TEST_CASE("dropout: seed, step and purpose draw anew; the mean stays") {
  Tensor ones({1000, 100});
  ones.fill(1.0F);
  const std::vector<float> first = dropped(ones, key(1, 1), 0.4);
  CHECK(first == dropped(ones, key(1, 1), 0.4));
  double sum = 0;
  for (const float y : first) sum += y;
  const double deviation = std::sqrt(0.4 / 0.6 / 100'000);
  CHECK(std::abs(sum / 100'000 - 1.0) < 5 * deviation);
  for (const auto& other : {dropped(ones, key(2, 1), 0.4), dropped(ones, key(1, 2), 0.4),
                            dropped(ones, key(1, 1), 0.4, "other")}) {
    int same = 0;
    for (std::size_t i = 0; i < first.size(); ++i) same += first[i] == other[i] ? 1 : 0;
    CHECK(std::abs(same - 52'000) < 1000);  // 0.4² + 0.6²
  }
}

TEST_CASE("dropout refuses a rate that is none, another key, and a scalar") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value k = graph.input("k", {3}, DataType::int32);
  CHECK(refusal([&] { dropout(x, k, 1.0, ""); }) ==
        "dropout: the rate must be from 0 to below 1, got 1");
  CHECK(refusal([&] { dropout(x, k, -0.1, ""); }) ==
        "dropout: the rate must be from 0 to below 1, got -0.1");
  CHECK(refusal([&] { dropout(x, graph.input("f", {3}), 0.1, ""); }) ==
        "dropout: the key must be int32 [3], got float32 [3]");
  CHECK(refusal([&] { dropout(x, graph.input("i", {2}, DataType::int32), 0.1, ""); }) ==
        "dropout: the key must be int32 [3], got int32 [2]");
  CHECK(refusal([&] { dropout(k, k, 0.1, ""); }) == "dropout: x must hold float32, not int32");
  CHECK(refusal([&] { dropout(graph.input("s", {}), k, 0.1, ""); }) ==
        "dropout: x needs an axis of rows, got []");
}

}  // namespace
}  // namespace gradus::tests

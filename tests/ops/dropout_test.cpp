#include "framework/ops/dropout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

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
            {"ranking", {{kBatch, 256}, kKey}, {{"rate", 0.3}}},
        },
});

Tensor key(std::int32_t seed, std::int32_t step) {
  const std::vector<std::int32_t> values = {seed, 0, step};
  return {{3}, std::span<const std::int32_t>(values)};
}

/// Ones of which a step drops some.
std::vector<float> dropped_ones(std::int64_t rows, std::int64_t columns, const Tensor& key,
                                double rate, std::string_view purpose = "layer") {
  Tensor ones({rows, columns});
  ones.fill(1.0F);
  return evaluate(
      [&](const Values& inputs) { return dropout(inputs[0], inputs[1], rate, purpose); },
      {ones, key});
}

/// How often both of two elements fall, `apart` places from each other.
double both_fall(const std::vector<float>& y, std::size_t apart) {
  double count = 0;
  for (std::size_t i = 0; i + apart < y.size(); ++i)
    count += y[i] == 0 && y[i + apart] == 0 ? 1 : 0;
  return count / static_cast<double>(y.size() - apart);
}

TEST_CASE("dropout: each element falls as often as the rate says, whatever its neighbours do") {
  constexpr std::int64_t kRows = 4000;
  constexpr std::int64_t kColumns = 100;
  constexpr double kCount = kRows * kColumns;
  for (const double rate : {0.05, 0.4, 0.9}) {
    CAPTURE(rate);
    const std::vector<float> y = dropped_ones(kRows, kColumns, key(1, 1), rate);
    const auto kept = static_cast<float>(1.0 / (1.0 - rate));
    CHECK(std::ranges::all_of(y, [kept](float v) { return v == 0.0F || v == kept; }));
    const auto deviations = [&](double share, double expected, double count) {
      return std::abs(share - expected) / std::sqrt(expected * (1 - expected) / count);
    };
    CHECK(deviations(static_cast<double>(std::ranges::count(y, 0.0F)) / kCount, rate, kCount) < 4);
    for (const std::size_t apart : {1U, 2U, 16U, 99U, 100U, 101U, 200U}) {
      CAPTURE(apart);
      const double both = both_fall(y, apart);
      CHECK(deviations(both, rate * rate, kCount) < 5);
    }
    for (std::size_t column = 0; column < kColumns; ++column) {
      double falls = 0;
      for (std::size_t row = 0; row < kRows; ++row)
        falls += y[row * kColumns + column] == 0 ? 1 : 0;
      CHECK(deviations(falls / kRows, rate, kRows) < 5);
    }
  }
}

TEST_CASE("dropout: the same key drops the same; seed, step and purpose draw anew") {
  const std::vector<float> first = dropped_ones(1000, 100, key(1, 1), 0.4);
  CHECK(first == dropped_ones(1000, 100, key(1, 1), 0.4));
  for (const auto& other :
       {dropped_ones(1000, 100, key(2, 1), 0.4), dropped_ones(1000, 100, key(1, 2), 0.4),
        dropped_ones(1000, 100, key(1, 1), 0.4, "other")}) {
    int same = 0;
    for (std::size_t i = 0; i < first.size(); ++i) same += first[i] == other[i] ? 1 : 0;
    CHECK(std::abs(same - 52'000) < 1000);  // 0.4² + 0.6²
  }
}

TEST_CASE("dropout: what falls is zero, even if it was no number") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Tensor x({50, 50});
  x.fill(nan);
  const std::vector<float> y = evaluate(
      [](const Values& inputs) { return dropout(inputs[0], inputs[1], 0.5, ""); }, {x, key(1, 1)});
  CHECK(std::ranges::any_of(y, [](float v) { return v == 0.0F; }));
  CHECK(std::ranges::any_of(y, [](float v) { return std::isnan(v); }));
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

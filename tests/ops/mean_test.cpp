#include "framework/ops/mean.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/ops/evaluate.h"
#include "tests/ops/reduction_cases.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "mean",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("axis") == nullptr) return mean(x[0]);
          return mean(x[0], static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .cases = reduction_cases(),
});

TEST_CASE("mean refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {4});
  CHECK(refusal([&] { mean(x, 1); }) == "mean: shape [4] has no axis 1");
}

TEST_CASE("mean of no elements is not a number") {
  const auto scalar = evaluate([](const Values& x) { return mean(x[0]); }, {Tensor({0, 3})});
  CHECK(std::isnan(scalar[0]));
  const auto row = evaluate([](const Values& x) { return mean(x[0], 0); }, {Tensor({0, 2})});
  CHECK(std::isnan(row[0]));
  CHECK(std::isnan(row[1]));
}

TEST_CASE("mean of an empty batch is not a number") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Given given{x, Tensor({0, 3})};
  CHECK(std::isnan(run_tiled(graph, {mean(x)}, {&given, 1}, 0)[0].floats()[0]));
  CHECK(std::isnan(run_plain(graph, {mean(x)}, {&given, 1}, 0)[0].floats()[0]));
}

}  // namespace
}  // namespace gradus::tests

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

TEST_CASE("mean refuses a shape without elements, unless none are asked for") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 0});
  const std::string must = "mean: shape [batch, 0] holds no elements to be averaged";
  CHECK(refusal([&] { mean(x); }) == must);
  CHECK(refusal([&] { mean(x, 1); }) == must);
  CHECK(mean(x, 0).shape() == Shape{0});
}

TEST_CASE("mean of an empty batch is not a number") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Given given{x, Tensor({0, 3})};
  CHECK(std::isnan(run_tiled(graph, {mean(x)}, {&given, 1}, 0)[0].floats()[0]));
  CHECK(std::isnan(run_plain(graph, {mean(x)}, {&given, 1}, 0)[0].floats()[0]));
  const Tensor of_columns = run_tiled(graph, {mean(x, 0)}, {&given, 1}, 0)[0];
  for (const float of_column : of_columns.floats()) CHECK(std::isnan(of_column));
}

}  // namespace
}  // namespace gradus::tests

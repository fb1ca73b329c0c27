#include "framework/ops/sum.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"
#include "tests/ops/reduction_cases.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "sum",
    .attributes = {"axis"},
    .build =
        [](const Values& x, const Attributes& a) {
          if (a.find("axis") == nullptr) return sum(x[0]);
          return sum(x[0], static_cast<int>(a.get<std::int64_t>("axis")));
        },
    .cases = reduction_cases(),
});

TEST_CASE("sum refuses an axis that is not there") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(refusal([&] { sum(x, 2); }) == "sum: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { sum(x, -3); }) == "sum: shape [batch, 3] has no axis -3");
}

TEST_CASE("sum of no elements is 0") {
  CHECK(evaluate([](const Values& x) { return sum(x[0]); }, {Tensor({0, 3})}) ==
        std::vector<float>{0});
  CHECK(evaluate([](const Values& x) { return sum(x[0], 0); }, {Tensor({0, 3})}) ==
        std::vector<float>{0, 0, 0});
}

TEST_CASE("sum of many equal numbers is their number times one of them") {
  const Tensor x({1 << 20});
  x.fill(0.1F);
  const auto y = evaluate([](const Values& v) { return sum(v[0]); }, {x});
  CHECK(y[0] == doctest::Approx(static_cast<double>(0.1F) * (1 << 20)).epsilon(1e-7));
}

}  // namespace
}  // namespace gradus::tests

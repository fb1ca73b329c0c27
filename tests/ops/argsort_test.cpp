#include "framework/ops/argsort.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <vector>

#include "framework/graph/differentiate.h"
#include "framework/ops/add.h"
#include "framework/ops/cumulative_sum.h"
#include "framework/ops/gather.h"
#include "framework/ops/scale.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// Ascending along the axis, and so far apart that no difference changes the order.
Value spread(Value x) { return x + cumulative_sum(scale(x, 0.0, 8.0), 1); }

const OpCases kSortedCases({
    .op = "sorted",
    .attributes = {"descending"},
    .build =
        [](const Values& x, const Attributes& a) {
          const Value s = spread(x[0]);
          return gather(s, argsort(s, 1, a.get<bool>("descending")), 1);
        },
    .cases =
        {
            {"descending", {{kBatch, 7}}, {{"descending", true}}},
            {"a middle axis", {{kBatch, 5, 3}}, {{"descending", true}}},
            {"ranking", {{kBatch, 64}}, {{"descending", true}}},
        },
});

const OpCases kTopCases({
    .op = "top_k values",
    .attributes = {},
    .build =
        [](const Values& x, const Attributes&) {
          const Value s = spread(x[0]);
          return gather(s, top_k(s, 3, 1), 1);
        },
    .cases = {{"rows", {{kBatch, 7}}},
              {"a middle axis", {{kBatch, 5, 3}}},
              {"ranking", {{kBatch, 64}}}},
});

std::vector<std::int32_t> places(const std::function<Value(Value)>& build, const Tensor& x) {
  Graph graph;
  const Value input = graph.input("x", Shape(x.extents()));
  const Value y = build(input);
  const Tensor out = run_tiled(graph, {y}, std::vector<Given>{{input, x}}, 1)[0];
  return {out.ids().begin(), out.ids().end()};
}

TEST_CASE("argsort keeps the order of equal elements, and puts NaN last") {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = tensor({6}, {2, kNan, 1, 2, -3, kNan});
  using Places = std::vector<std::int32_t>;
  CHECK(places([](Value v) { return argsort(v, 0); }, x) == Places{4, 2, 0, 3, 1, 5});
  CHECK(places([](Value v) { return argsort(v, -1, true); }, x) == Places{0, 3, 2, 4, 1, 5});
  CHECK(places([](Value v) { return top_k(v, 2, 0); }, x) == Places{0, 3});
  CHECK(places([](Value v) { return top_k(v, 0, 0); }, x).empty());
}

TEST_CASE("argsort sorts along the axis") {
  using Places = std::vector<std::int32_t>;
  const Tensor x = tensor({2, 3}, {1, 5, 2, 4, 3, 9});
  CHECK(places([](Value v) { return argsort(v, 1); }, x) == Places{0, 2, 1, 1, 0, 2});
  CHECK(places([](Value v) { return argsort(v, 0); }, x) == Places{0, 1, 0, 1, 0, 1});
  CHECK(places([](Value v) { return top_k(v, 1, 0); }, x) == Places{1, 0, 1});
}

TEST_CASE("argsort and top_k have no gradient, and refuse what does not fit") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value ids = graph.input("ids", {kBatch, 3}, DataType::int32);
  CHECK(refusal([&] { differentiate(argsort(x, 1), {&x, 1}); }) == "argsort: has no gradient");
  CHECK(refusal([&] { argsort(x, 2); }) == "argsort: shape [batch, 3] has no axis 2");
  CHECK(refusal([&] { argsort(ids, 1); }) == "argsort: an input holds int32, float32 is needed");
  CHECK(refusal([&] { top_k(x, 4, 1); }) ==
        "top_k: k must be from 0 to the size of axis 1 of [batch, 3], not 4");
  CHECK(refusal([&] { top_k(x, -1, 1); }) ==
        "top_k: k must be from 0 to the size of axis 1 of [batch, 3], not -1");
  CHECK(refusal([&] { top_k(x, 1, 0); }) == "top_k: axis 0 of [batch, 3] grows with the batch");
}

}  // namespace
}  // namespace gradus::tests

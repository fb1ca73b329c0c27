#include "framework/nn/gru.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "Gru",
    .attributes = {"units"},
    .build =
        [](const Values& x, const Attributes& attributes) {
          return Gru(x[0].shape()[2].size, attributes.get<std::int64_t>("units"))(x[0]);
        },
    .cases = {{"steps", {{kBatch, 3, 2}}, {{"units", std::int64_t{4}}}},
              {"one step", {{kBatch, 1, 2}}, {{"units", std::int64_t{4}}}}},
    .layer = true,
});

TEST_CASE("Gru refuses what does not fit") {
  Graph graph;
  const Gru layer(2, 4);
  CHECK(refusal([&] { layer(graph.input("x", {kBatch, 3, 5})); }) ==
        "gru: input must be [batch, steps, 2], with at least a step, not [batch, 3, 5]");
  CHECK(refusal([&] { layer(graph.input("x", {kBatch, 0, 2})); }) ==
        "gru: input must be [batch, steps, 2], with at least a step, not [batch, 0, 2]");
}

}  // namespace
}  // namespace gradus::tests

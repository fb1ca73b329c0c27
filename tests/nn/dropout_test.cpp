#include "framework/nn/dropout.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "Dropout",
    .attributes = {"rate"},
    .build = [](const Values& x,
                const Attributes& given) { return Dropout(given.get<double>("rate"))(x[0], x[1]); },
    .cases = {{"a layer", {{kBatch, 67}, ids({3}, 1000)}, {{"rate", 0.3}}}},
    .layer = true,
});

TEST_CASE("Dropout is nothing outside of training") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  CHECK(Dropout(0.5)(x, {}) == x);
  CHECK(Dropout(0.0)(x, graph.input("key", {3}, DataType::int32)) == x);
}

}  // namespace
}  // namespace gradus::tests

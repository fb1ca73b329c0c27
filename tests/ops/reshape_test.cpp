#include "framework/ops/reshape.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Attributes to(const Shape& shape) { return {{"shape", shape}}; }

const OpCases kCases({
    .op = "reshape",
    .attributes = {"shape"},
    .build = [](const Values& x,
                const Attributes& a) { return reshape(x[0], a.get<Shape>("shape")); },
    .cases =
        {
            {"a scalar to a vector", {{}}, to({1})},
            {"rows of one number to a column", {{kBatch}}, to({kBatch, 1})},
            {"a column to rows of one number", {{kBatch, 1}}, to({kBatch})},
            {"rows to matrices", {{kBatch, 15}}, to({kBatch, 3, 5})},
            {"matrices to rows", {{kBatch, 3, 5}}, to({kBatch, 15})},
            {"to two rows an example", {{kBatch, 6}}, to({{2, true}, 3})},
            {"from two rows an example", {{{2, true}, 3}}, to({kBatch, 2, 3})},
            {"the batch onto the second axis", {{kBatch, 3}}, to({3, kBatch})},
            {"the batch from the second axis", {{3, kBatch}}, to({kBatch, 3})},
            {"all to one axis", {{kBatch, 3}}, to({{3, true}})},
            {"a constant", {{4, 6}}, to({2, 12})},
            {"rank 6", {{2, 3, 4}}, to({2, 1, 3, 2, 1, 2})},
            {"the same shape", {{kBatch, 3}}, to({kBatch, 3})},
            {"ranking", {{kBatch, 256}}, to({kBatch, 16, 16})},
        },
});

TEST_CASE("reshape refuses another number of elements") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 6});
  CHECK(refusal([&] { reshape(x, {kBatch, 5}); }) ==
        "reshape: [batch, 6] and [batch, 5] hold different numbers of elements");
  CHECK(refusal([&] { reshape(x, {6}); }) ==
        "reshape: [batch, 6] and [6] hold different numbers of elements");
}

}  // namespace
}  // namespace gradus::tests

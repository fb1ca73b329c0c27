#include "framework/ops/dot_interaction.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "dot_interaction",
    .attributes = {"self_interaction", "order"},
    .build =
        [](const Values& x, const Attributes& a) {
          const Attribute* self = a.find("self_interaction");
          const Attribute* order = a.find("order");
          if ((self != nullptr && std::get<bool>(*self)) ||
              (order != nullptr &&
               std::get<std::string>(*order) != "strictly lower triangle, row by row")) {
            fail("dot_interaction: another interaction is asked for");
          }
          return dot_interaction(x[0]);
        },
    .cases =
        {
            {"two vectors", {{kBatch, 2, 3}}},
            {"numbers", {{kBatch, 5, 1}}},
            {"a block of columns", {{kBatch, 4, 16}}},
            {"columns beyond a block", {{kBatch, 4, 35}}},
            {"vectors of a block and one", {{kBatch, 17, 5}}},
            {"vectors beyond two blocks", {{kBatch, 35, 4}}},
            {"one vector", {{kBatch, 1, 4}}},
            {"no vectors", {{kBatch, 0, 4}}},
            {"no columns", {{kBatch, 3, 0}}},
            {"two examples a row", {{{2, true}, 3, 4}}},
            {"constants", {{3, 4, 5}}},
            {"ranking", {{kBatch, 27, 16}}},
        },
});

TEST_CASE("dot_interaction: pairs stand row by row of the lower triangle") {
  const Tensor z = tensor({1, 4, 2}, {1, 0, 2, 3, 5, 7, 11, 13});
  CHECK(evaluate([](const Values& x) { return dot_interaction(x[0]); }, {z}) ==
        std::vector<float>{2, 5, 31, 11, 61, 146});
}

TEST_CASE("dot_interaction refuses other shapes than [batch, vectors, dimension]") {
  Graph graph;
  const Value flat = graph.input("flat", {kBatch, 3});
  const Value turned = graph.input("turned", {3, kBatch, 2});
  CHECK(refusal([&] { dot_interaction(flat); }) ==
        "dot_interaction: the shape must be [batch, vectors, dimension], not [batch, 3]");
  CHECK(refusal([&] { dot_interaction(turned); }) ==
        "dot_interaction: the shape must be [batch, vectors, dimension], not [3, batch, 2]");
}

}  // namespace
}  // namespace gradus::tests

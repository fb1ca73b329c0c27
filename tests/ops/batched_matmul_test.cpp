#include "framework/ops/batched_matmul.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "batched_matmul",
    .attributes = {"transpose_a", "transpose_b"},
    .build =
        [](const Values& x, const Attributes& a) {
          const auto transposed = [&](const char* name) {
            return a.find(name) != nullptr && a.get<bool>(name);
          };
          return batched_matmul(x[0], x[1], transposed("transpose_a"), transposed("transpose_b"));
        },
    .cases =
        {
            {"matrices of the batch", {{kBatch, 3, 5}, {kBatch, 5, 7}}},
            {"a transposed", {{kBatch, 5, 3}, {kBatch, 5, 7}}, {{"transpose_a", true}}},
            {"b transposed", {{kBatch, 3, 5}, {kBatch, 7, 5}}, {{"transpose_b", true}}},
            {"both transposed",
             {{kBatch, 5, 3}, {kBatch, 7, 5}},
             {{"transpose_a", true}, {"transpose_b", true}}},
            {"one value twice", {{kBatch, 3, 5}, again(0)}, {{"transpose_b", true}}},
            {"heads", {{kBatch, 2, 3, 5}, {kBatch, 2, 5, 4}}},
            {"rank 6", {{2, 1, 2, 1, 3, 2}, {2, 1, 2, 1, 2, 3}}},
            {"constants", {{2, 17, 33}, {2, 33, 9}}},
            {"rows of the batch within", {{2, kBatch, 5}, {2, 5, 3}}},
            {"one column", {{kBatch, 3, 5}, {kBatch, 5, 1}}},
            {"nothing to add up", {{kBatch, 3, 0}, {kBatch, 0, 2}}},
            {"no rows", {{kBatch, 0, 3}, {kBatch, 3, 2}}},
            {"ranking", {{kBatch, 10, 32}, {kBatch, 32, 10}}},
        },
});

TEST_CASE("batched_matmul refuses shapes that do not fit") {
  Graph graph;
  const Value matrix = graph.input("matrix", {3, 5});
  const Value a = graph.input("a", {kBatch, 3, 5});
  const Value other = graph.input("other", {2, 5, 3});
  const std::string must = " must have three axes or more, all but two the same";
  CHECK(refusal([&] { batched_matmul(matrix, matrix); }) ==
        "batched_matmul: shapes [3, 5] and [3, 5]" + must);
  CHECK(refusal([&] { batched_matmul(a, other); }) ==
        "batched_matmul: shapes [batch, 3, 5] and [2, 5, 3]" + must);
  CHECK(refusal([&] { batched_matmul(a, a); }) ==
        "batched_matmul: [batch, 3, 5] has 5 columns, [batch, 3, 5] has 3 rows");
  CHECK(refusal([&] { batched_matmul(a, a, true, true); }) ==
        "batched_matmul: [batch, 3, 5] transposed has 3 columns, [batch, 3, 5] transposed has 5 "
        "rows");
}

}  // namespace
}  // namespace gradus::tests

#include "framework/ops/matmul.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

bool flag(const Attributes& a, std::string_view name) {
  return a.find(name) != nullptr && a.get<bool>(name);
}

const Attributes kLeft{{"transpose_a", true}};
const Attributes kRight{{"transpose_b", true}};
const Attributes kBoth{{"transpose_a", true}, {"transpose_b", true}};

const OpCases kCases({
    .op = "matmul",
    .attributes = {"transpose_a", "transpose_b"},
    .build =
        [](const Values& x, const Attributes& a) {
          return matmul(x[0], x[1], flag(a, "transpose_a"), flag(a, "transpose_b"));
        },
    .cases =
        {
            {"rows", {{kBatch, 17}, {17, 33}}},
            {"rows by a transposed matrix", {{kBatch, 17}, {33, 17}}, kRight},
            {"rows by a column", {{kBatch, 17}, {17, 1}}},
            {"one column by a row", {{kBatch, 1}, {1, 9}}},
            {"one column by a number", {{kBatch, 1}, {1, 1}}},
            {"no columns", {{kBatch, 0}, {0, 5}}},
            {"into no columns", {{kBatch, 5}, {5, 0}}},
            {"rows summed", {{kBatch, 17}, {kBatch, 5}}, kLeft},
            {"rows summed to a column", {{kBatch, 17}, {kBatch, 1}}, kLeft},
            {"rows summed to a row", {{kBatch, 1}, {kBatch, 17}}, kLeft},
            {"one value, rows summed", {{kBatch, 9}, again(0)}, kLeft},
            {"two rows an example", {{{2, true}, 7}, {7, 5}}},
            {"two rows an example, summed", {{{2, true}, 7}, {{2, true}, 5}}, kLeft},
            {"the batch inside, both transposed", {{kBatch, 6}, {5, kBatch}}, kBoth},
            {"the batch inside", {{6, kBatch}, {kBatch, 5}}},
            {"the batch outside, transposed", {{7, kBatch}, {7, 5}}, kLeft},
            {"the batch on the right", {{5, 7}, {7, kBatch}}},
            {"constants", {{3, 5}, {5, 7}}},
            {"constants, left transposed", {{5, 3}, {5, 7}}, kLeft},
            {"constants, both transposed", {{5, 3}, {7, 5}}, kBoth},
            {"large constants", {{65, 70}, {70, 67}}},
            {"large constants, both transposed", {{70, 65}, {67, 70}}, kBoth},
            {"ranking, first layer", {{kBatch, 64}, {64, 256}}},
            {"ranking, second layer", {{kBatch, 256}, {256, 64}}},
            {"ranking, output", {{kBatch, 64}, {64, 1}}},
        },
});

TEST_CASE("matmul refuses other ranks than two, and inner sizes that differ") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value w = graph.input("w", {4, 2});
  const Value row = graph.input("row", {3});
  CHECK(refusal([&] { matmul(x, row); }) ==
        "matmul: shapes [batch, 3] and [3] must have two axes each");
  CHECK(refusal([&] { matmul(x, w); }) == "matmul: [batch, 3] has 3 columns, [4, 2] has 4 rows");
  CHECK(refusal([&] { matmul(x, w, false, true); }) ==
        "matmul: [batch, 3] has 3 columns, [4, 2] transposed has 2 rows");
  CHECK(refusal([&] { matmul(x, w, true); }) ==
        "matmul: [batch, 3] transposed has batch columns, [4, 2] has 4 rows");
}

}  // namespace
}  // namespace gradus::tests

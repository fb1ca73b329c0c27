#include "framework/ops/embedding_bag.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// Where the test gives no offsets, which random ids would not be: bags of three, none and four of
/// seven ids, else of five each.
Value bags(const Values& x, const Attributes& a) {
  const auto& combiner = a.get<std::string>("combiner");
  if (x.size() == 3) return embedding_bag(x[0], x[1], x[2], combiner);
  std::vector<std::int32_t> begins{0, 3, 3, 7};
  const std::int64_t count = x[1].shape()[0].size;
  if (count != begins.back()) begins.clear();
  for (std::int64_t i = 0; begins.empty() || begins.back() < count; i += 5) {
    begins.push_back(static_cast<std::int32_t>(i));
  }
  const Tensor offsets({static_cast<std::int64_t>(begins.size())}, begins);
  return embedding_bag(x[0], x[1], x[0].graph().parameter("offsets", offsets), combiner);
}

Attributes by(const std::string& combiner) { return {{"combiner", combiner}}; }

const OpCases kCases({
    .op = "embedding_bag",
    .attributes = {"combiner"},
    .build = bags,
    .cases =
        {
            {"sum", {{11, 5}, ids({7}, 11)}, by("sum")},
            {"mean", {{11, 5}, ids({7}, 11)}, by("mean")},
            {"sqrtn", {{11, 5}, ids({7}, 11)}, by("sqrtn")},
            {"one row, one column", {{1, 1}, ids({7}, 1)}, by("mean")},
            {"no columns", {{11, 0}, ids({7}, 11)}, by("sum")},
            {"ranking", {{1665, 32}, ids({std::int64_t{5} * 8192}, 1665)}, by("mean")},
        },
});

const std::array<std::int32_t, 3> kIds{1, 0, 1};
const std::array<std::int32_t, 4> kOffsets{0, 1, 1, 3};

TEST_CASE("embedding_bag combines bag by bag, and gives zeros for an empty one") {
  const std::vector<Tensor> x{tensor({2, 1}, {2, 4}), Tensor({3}, kIds), Tensor({4}, kOffsets)};
  const auto with = [&](const std::string& combiner) {
    return evaluate([&](const Values& v) { return embedding_bag(v[0], v[1], v[2], combiner); }, x);
  };
  CHECK(with("sum") == std::vector<float>{4, 0, 6});
  CHECK(with("mean") == std::vector<float>{4, 0, 3});
  CHECK(with("sqrtn")[2] == doctest::Approx(6 / 1.41421356));
}

TEST_CASE("embedding_bag refuses offsets that do not rise to the number of ids when it runs") {
  const auto look_up = [](const Values& x) { return embedding_bag(x[0], x[1], x[2]); };
  const std::array<std::array<std::int32_t, 3>, 3> wrong{{{1, 2, 3}, {0, 4, 3}, {0, 1, 2}}};
  for (const auto& offsets : wrong) {
    CHECK_THROWS_WITH(evaluate(look_up, {Tensor({2, 1}), Tensor({3}, kIds), Tensor({3}, offsets)}),
                      "embedding_bag: offsets must rise from 0 to the number of ids, 3");
  }
}

TEST_CASE("embedding_bag refuses what does not fit") {
  Graph graph;
  const Value table = graph.input("table", {5, 3});
  const Value some = graph.input("ids", {7}, DataType::int32);
  const Value offsets = graph.input("offsets", {3}, DataType::int32);
  const Value numbers = graph.input("numbers", {3});
  const Value none = graph.input("none", {0}, DataType::int32);
  CHECK(refusal([&] { embedding_bag(table, some, offsets, "max"); }) ==
        "embedding_bag: the combiner must be sum, mean or sqrtn, not 'max'");
  CHECK(refusal([&] { embedding_bag(table, some, none); }) ==
        "embedding_bag: ids must be [n] and offsets [bags + 1], not [7] and [0]");
  CHECK(refusal([&] { embedding_bag(table, some, numbers); }) ==
        "embedding_bag: offsets of int32 are needed, not float32");
  CHECK(refusal([&] { embedding_bag(table, numbers, offsets); }) ==
        "embedding_bag: a table of float32 and ids of int32 are needed, not float32 and float32");
}

}  // namespace
}  // namespace gradus::tests

#include "framework/ops/one_hot.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

const OpCases kCases({
    .op = "one_hot",
    .attributes = {"size"},
    .build = [](const Values& x,
                const Attributes& a) { return one_hot(x[0], a.get<std::int64_t>("size")); },
    .cases =
        {
            {"rows", {ids({kBatch}, 5)}, {{"size", std::int64_t{5}}}},
            {"lists", {ids({kBatch, 3}, 5)}, {{"size", std::int64_t{4}}}},
            {"one id", {ids({}, 5)}, {{"size", std::int64_t{5}}}},
            {"no places", {ids({kBatch}, 5)}, {{"size", std::int64_t{0}}}},
            {"ranking", {ids({kBatch}, 64)}, {{"size", std::int64_t{64}}}},
        },
});

const OpCases kMaskCases({
    .op = "padding_mask",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return padding_mask(x[0]); },
    .cases = {{"lists", {ids({kBatch, 9}, 3)}},
              {"one id", {ids({}, 2)}},
              {"ranking", {ids({kBatch, 10}, 3)}}},
});

const std::array<std::int32_t, 4> kIds{2, 0, 3, -1};

TEST_CASE("one_hot marks the id's place, and none for an id beyond") {
  CHECK(evaluate([](const Values& x) { return one_hot(x[0], 3); }, {Tensor({4}, kIds)}) ==
        std::vector<float>{0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("padding_mask leaves out what pads") {
  CHECK(evaluate([](const Values& x) { return padding_mask(x[0]); }, {Tensor({4}, kIds)}) ==
        std::vector<float>{1, 0, 1, 1});
  CHECK(evaluate([](const Values& x) { return padding_mask(x[0], -1); }, {Tensor({4}, kIds)}) ==
        std::vector<float>{1, 1, 1, 0});
}

TEST_CASE("one_hot and padding_mask refuse numbers, negative sizes and too many axes") {
  Graph graph;
  const Value x = graph.input("x", {kBatch, 3});
  const Value some = graph.input("ids", {kBatch, 3}, DataType::int32);
  const Value six = graph.input("six", {kBatch, 1, 1, 1, 1, 1}, DataType::int32);
  CHECK(refusal([&] { one_hot(x, 3); }) == "one_hot: ids of int32 are needed, not float32");
  CHECK(refusal([&] { padding_mask(x); }) == "padding_mask: ids of int32 are needed, not float32");
  CHECK(refusal([&] { one_hot(some, -1); }) == "one_hot: negative size -1");
  CHECK(refusal([&] { one_hot(six, 3); }) ==
        "one_hot: ids of shape [batch, 1, 1, 1, 1, 1] have too many axes");
}

}  // namespace
}  // namespace gradus::tests

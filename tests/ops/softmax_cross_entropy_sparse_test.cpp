#include "framework/ops/softmax_cross_entropy_sparse.h"

#include <doctest/doctest.h>

#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

Value loss(const Values& x) {
  return softmax_cross_entropy_sparse(x[0], x[1], x.size() > 2 ? x[2] : Value());
}

const OpCases kCases({
    .op = "softmax_cross_entropy_sparse",
    .attributes = {},
    .build = [](const Values& x, const Attributes&) { return loss(x); },
    .cases =
        {
            {"rows", {{kBatch, 5}, ids({kBatch}, 5)}},
            {"one class", {{kBatch, 1}, ids({kBatch}, 1)}},
            {"a constant", {{4, 3}, ids({4}, 3)}},
            {"one example", {{7}, ids({}, 7)}},
            {"matrices", {{kBatch, 2, 3}, ids({kBatch, 2}, 3)}},
            {"weights", {{kBatch, 5}, ids({kBatch}, 5), numbers({kBatch}, 0.0F, 3.0F)}},
            {"ranking", {{kBatch, 100}, ids({kBatch}, 100)}},
        },
});

Tensor labels(std::initializer_list<std::int32_t> values) {
  return {{static_cast<std::int64_t>(values.size())},
          std::span<const std::int32_t>(values.begin(), values.size())};
}

TEST_CASE("softmax_cross_entropy_sparse refuses shapes and types that do not fit") {
  Graph graph;
  const Value logits = graph.input("logits", {kBatch, 3});
  const Value fit = graph.input("labels", {kBatch}, DataType::int32);
  const Value column = graph.input("column", {kBatch, 1}, DataType::int32);
  const Value floats = graph.input("floats", {kBatch});
  const Value wide = graph.input("wide", {kBatch, 1});
  const std::string op = "softmax_cross_entropy_sparse: ";
  CHECK(refusal([&] { softmax_cross_entropy_sparse(logits, column); }) ==
        op + "logits [batch, 3] need labels [batch], not [batch, 1]");
  CHECK(refusal([&] { softmax_cross_entropy_sparse(logits, floats); }) ==
        op + "logits of float32 and labels of int32 are needed, not float32 and float32");
  CHECK(refusal([&] { softmax_cross_entropy_sparse(floats, fit); }) ==
        op + "logits must be [.., classes], not [batch]");
  CHECK(refusal([&] { softmax_cross_entropy_sparse(logits, fit, wide); }) ==
        op + "shapes [batch] and [batch, 1] must be the same");
}

TEST_CASE("softmax_cross_entropy_sparse refuses a label that is no class") {
  const std::string text = "softmax_cross_entropy_sparse: label {}, there are 3 classes, from 0";
  for (const std::int32_t label : {-1, 3}) {
    CHECK_THROWS_WITH(evaluate(loss, {tensor({2, 3}, {0, 0, 0, 0, 0, 0}), labels({1, label})}),
                      fmt::format(fmt::runtime(text), label).c_str());
  }
}

TEST_CASE("softmax_cross_entropy_sparse stays finite for large logits") {
  CHECK(evaluate(loss, {tensor({1, 2}, {1e4F, -1e4F}), labels({0})})[0] == 0);
  CHECK(evaluate(loss, {tensor({1, 2}, {1e4F, -1e4F}), labels({1})})[0] == 2e4F);
  CHECK(evaluate(loss, {tensor({2, 2}, {0, 0, 1, 1}), labels({1, 0})})[0] ==
        doctest::Approx(0.69314718056).epsilon(1e-6));
}

}  // namespace
}  // namespace gradus::tests

#include "framework/graph/constants.h"

#include <doctest/doctest.h>

#include <vector>

#include "framework/graph/builtin.h"
#include "framework/ops/add.h"
#include "framework/ops/embedding.h"
#include "framework/ops/matmul.h"
#include "framework/ops/relu.h"
#include "framework/ops/scale.h"

namespace gradus::tests {

TEST_CASE("constants: the last values that follow from parameters alone, whatever the batch") {
  Graph graph;
  const Value ids = graph.input("ids", {kBatch}, DataType::int32);
  const Value table = graph.parameter("table", Tensor({4, 3}));
  const Value weights = graph.parameter("weights", Tensor({3, 2}));
  const Value bias = graph.parameter("bias", Tensor({2}));
  const Value products = relu(matmul(table, weights));
  const Value twice = scale(bias, 2.0);
  const Value ones = constant(graph, {kBatch, 2}, 1.0);
  const Value rows = embedding(products, ids);
  const Value y = rows + ones;
  const Value z = rows + twice;
  const Value parameters_only = rows + bias;
  relu(twice);  // which no output reads
  CHECK(constants({y}) == std::vector<Value>{products});
  CHECK(constants({y, z}) == std::vector<Value>{products, twice});
  CHECK(constants({z, y}) == std::vector<Value>{products, twice});
  CHECK(constants({parameters_only}) == std::vector<Value>{products});
  CHECK(constants({products}).empty());
  CHECK(constants({}).empty());
}

}  // namespace gradus::tests

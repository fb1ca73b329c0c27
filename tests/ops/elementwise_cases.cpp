#include "tests/ops/elementwise_cases.h"

namespace gradus::tests {

std::vector<OpCase> unary_cases(float low, float high, float margin) {
  std::vector<OpCase> cases{
      {"a scalar", {{}}},
      {"a vector", {{5}}},
      {"rows of one number", {{kBatch}}},
      {"rows", {{kBatch, 33}}},
      {"two rows an example", {{{2, true}, 3}}},
      {"rows of matrices", {{kBatch, 3, 5}}},
      {"rank 4", {{2, 3, 1, 7}}},
      {"rank 5", {{kBatch, 1, 2, 3, 1}}},
      {"rank 6", {{kBatch, 2, 1, 3, 1, 2}}},
      {"the batch on the second axis", {{3, kBatch}}},
      {"no elements", {{4, 0}}},
      {"ranking", {{kBatch, 256}}},
  };
  for (OpCase& op_case : cases) {
    op_case.inputs[0] = numbers(op_case.inputs[0].shape, low, high, margin);
  }
  return cases;
}

std::vector<OpCase> binary_cases(float low, float high, float margin) {
  std::vector<OpCase> cases{
      {"scalars", {{}, {}}},
      {"rows", {{kBatch, 17}, {kBatch, 17}}},
      {"rows of one number", {{kBatch}, {kBatch}}},
      {"a row", {{kBatch, 17}, {17}}},
      {"a row of rank 2", {{kBatch, 17}, {1, 17}}},
      {"a column", {{kBatch, 17}, {kBatch, 1}}},
      {"a scalar", {{kBatch, 17}, {}}},
      {"a scalar of rank 1", {{kBatch, 17}, {1}}},
      {"a row on the left", {{17}, {kBatch, 17}}},
      {"a scalar on the left", {{}, {kBatch, 17}}},
      {"a column and a row", {{kBatch, 1}, {17}}},
      {"two rows an example", {{{2, true}, 3}, {{2, true}, 1}}},
      {"rank 3, one matrix for all", {{kBatch, 4, 3}, {4, 3}}},
      {"rank 3, inner column", {{kBatch, 4, 3}, {4, 1}}},
      {"rank 3, across", {{kBatch, 1, 3}, {kBatch, 4, 1}}},
      {"rank 3, middle axis", {{kBatch, 4, 3}, {1, 4, 1}}},
      {"rank 3 of constants", {{5, 1, 3}, {4, 1}}},
      {"rank 6", {{kBatch, 2, 1, 3, 1, 2}, {2, 1, 5, 1}}},
      {"an axis before the batch", {{kBatch, 3}, {5, 1, 3}}},
      {"one value twice", {{kBatch, 5}, again(0)}},
      {"no elements", {{3, 0}, {3, 1}}},
      {"ranking", {{kBatch, 256}, {256}}},
  };
  for (OpCase& op_case : cases) {
    if (op_case.inputs[1].same_as) {
      op_case.inputs[0] = numbers(op_case.inputs[0].shape, low, high, margin);
    } else {
      op_case.inputs[1] = numbers(op_case.inputs[1].shape, low, high, margin);
    }
  }
  return cases;
}

std::vector<OpCase> apart(std::vector<OpCase> cases) {
  for (OpCase& op_case : cases) {
    op_case.inputs[0] = numbers(op_case.inputs[0].shape, -0.5F, 0.5F);
    if (op_case.inputs[1].same_as) continue;
    op_case.inputs[1] = numbers(op_case.inputs[1].shape, -2.0F, 2.0F, 1.0F);
  }
  return cases;
}

}  // namespace gradus::tests

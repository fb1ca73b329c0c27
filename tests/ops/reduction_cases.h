#pragma once

#include <vector>

#include "tests/ops/op_case.h"

namespace gradus::tests {

/// What a test of an op with an optional attribute "axis", along which it reduces, goes through.
inline std::vector<OpCase> reduction_cases() {
  const auto axis = [](std::int64_t along) { return Attributes{{"axis", along}}; };
  return {
      {"a scalar", {{}}},
      {"a vector", {{9}}},
      {"all of rows", {{kBatch, 17}}},
      {"all of rows of matrices", {{kBatch, 3, 5}}},
      {"all of a constant", {{4, 7}}},
      {"rows", {{kBatch, 17}}, axis(0)},
      {"within rows", {{kBatch, 17}}, axis(1)},
      {"the last axis", {{kBatch, 3, 5}}, axis(-1)},
      {"a middle axis", {{kBatch, 3, 5}}, axis(1)},
      {"rows of matrices", {{kBatch, 3, 5}}, axis(0)},
      {"rows of one number", {{kBatch}}, axis(0)},
      {"an axis of 1", {{kBatch, 1, 3}}, axis(1)},
      {"a vector's axis", {{9}}, axis(0)},
      {"rank 6", {{kBatch, 2, 1, 3, 2, 2}}, axis(3)},
      {"the batch on the second axis", {{3, kBatch}}, axis(1)},
      {"across the batch on the second axis", {{3, kBatch}}, axis(0)},
      {"two rows an example", {{{2, true}, 3}}, axis(0)},
      {"ranking, the batch", {{kBatch, 256}}, axis(0)},
      {"ranking, within rows", {{kBatch, 256}}, axis(1)},
  };
}

}  // namespace gradus::tests

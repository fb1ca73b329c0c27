#pragma once

#include <vector>

#include "tests/ops/op_case.h"

namespace gradus::tests {

/// What a test of an elementwise op of one or two inputs goes through: all ranks, no elements,
/// sizes that no vector width divides, all ways of broadcasting, aliased inputs. Numbers are drawn
/// from `low` to `high`, none nearer to 0 than `margin`; those of the second input of a binary op,
/// `margin` included.
std::vector<OpCase> unary_cases(float low = -2.0F, float high = 2.0F, float margin = 0.0F);
std::vector<OpCase> binary_cases(float low = -2.0F, float high = 2.0F, float margin = 0.0F);

/// The cases with first inputs near to 0 and second ones far from it, so that no difference steps
/// over a point where both are equal.
std::vector<OpCase> apart(std::vector<OpCase> cases);

}  // namespace gradus::tests

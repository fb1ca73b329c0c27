#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/ops/op_case.h"

namespace gradus::tests {

/// A value, and the weights of its elements in a sum: an input of the graph of the same shape.
struct Weighted {
  Value value;
  Value weights;
};

/// Holds the gradients of S = the sum of all value * weights, as the graph has them, to differences
/// of S, which are summed in float64 from the plain executor's values: along random directions, and
/// along the gradient's own signs, in which no wrong element can hide. One line for each wrong one.
std::vector<std::string> wrong_derivatives(Graph& graph, const std::vector<Weighted>& sum,
                                           const Values& variables, std::span<const Given> data,
                                           std::int64_t batch);

/// The lines for the gradients of a case, and for the gradients of those.
std::vector<std::string> wrong_gradients(const OpUnderTest& op, const OpCase& op_case);
std::vector<std::string> wrong_second_gradients(const OpUnderTest& op, const OpCase& op_case);

/// Holds Hessian-vector products, H v of f = the sum of output * upstream for random v, as the
/// graph has them (the gradient of gradient · v), to differences of the gradient along v, element
/// by element. One line for each wrong one.
std::vector<std::string> wrong_hessian_products(const OpUnderTest& op, const OpCase& op_case);

}  // namespace gradus::tests

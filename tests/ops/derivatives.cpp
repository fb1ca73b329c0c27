#include "tests/ops/derivatives.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/core/random.h"
#include "framework/graph/builtin.h"
#include "framework/graph/differentiate.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

// Larger steps see more of the third derivative, smaller ones more of float32's rounding: at this
// one, both are below a tenth of the tolerance.
constexpr double kStep = 4e-3;
constexpr double kTolerance = 2e-3;
constexpr double kRounding = 0x1p-21;  // of a value that took several operations
constexpr int kDirections = 4;
constexpr std::int64_t kRows = 7;
constexpr std::uint64_t kSeed = 11;

struct Sum {
  double total = 0;
  double norm = 0;  // root of the sum of its terms' squares
};

Sum weighted_sum(const Graph& graph, const std::vector<Weighted>& sum, std::span<const Given> data,
                 std::int64_t batch) {
  Values targets;
  for (const Weighted& term : sum) {
    targets.push_back(term.value);
    targets.push_back(term.weights);
  }
  const auto values = run_plain(graph, targets, data, batch);
  Sum out;
  for (std::size_t k = 0; k < values.size(); k += 2) {
    for (std::size_t i = 0; i < values[k].floats().size(); ++i) {
      const double product = static_cast<double>(values[k].floats()[i]) *
                             static_cast<double>(values[k + 1].floats()[i]);
      out.total += product;
      out.norm += product * product;
    }
  }
  out.norm = std::sqrt(out.norm);
  return out;
}

Values derivatives(Graph& graph, const std::vector<Weighted>& sum, const Values& variables) {
  std::vector<Values> parts(variables.size());
  for (const Weighted& term : sum) {
    const Gradients gradients = differentiate(term.value, variables, term.weights);
    for (std::size_t k = 0; k < variables.size(); ++k) {
      if (gradients[k]) parts[k].push_back(dense(gradients[k], variables[k]));
    }
  }
  Values out;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    out.push_back(parts[k].empty() ? constant(graph, variables[k].shape(), 0.0)
                                   : accumulate(parts[k]));
  }
  return out;
}

/// The signs of a step: those of the gradient first, then random ones.
std::vector<float> signs(const Tensor& gradient, int direction) {
  const Random random(kSeed, "direction", static_cast<std::uint32_t>(direction));
  std::vector<float> out(gradient.floats().size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool positive = direction == 0 ? gradient.floats()[i] >= 0 : random.bits(i, 0) % 2 == 0;
    out[i] = positive ? 1.0F : -1.0F;
  }
  return out;
}

}  // namespace

std::vector<std::string> wrong_derivatives(Graph& graph, const std::vector<Weighted>& sum,
                                           const Values& variables, std::span<const Given> data,
                                           std::int64_t batch) {
  const auto analytic = run_plain(graph, derivatives(graph, sum, variables), data, batch);
  std::vector<std::string> wrong;
  for (std::size_t k = 0; k < variables.size(); ++k) {
    std::vector<Given> moved(data.begin(), data.end());
    std::size_t at = 0;
    while (!(moved[at].input == variables[k])) ++at;
    const Tensor start = moved[at].tensor;
    const Tensor forth = start.clone();
    const Tensor back = start.clone();
    for (int direction = 0; direction < kDirections; ++direction) {
      const std::vector<float> sign = signs(analytic[k], direction);
      double expected = 0;
      double norm = 0;
      for (std::size_t i = 0; i < sign.size(); ++i) {
        const float step = sign[i] * static_cast<float>(kStep);
        forth.floats()[i] = start.floats()[i] + step;
        back.floats()[i] = start.floats()[i] - step;
        const double change = (static_cast<double>(forth.floats()[i]) - back.floats()[i]) *
                              static_cast<double>(analytic[k].floats()[i]);
        expected += change;
        norm += change * change;
      }
      moved[at].tensor = forth;
      const Sum after = weighted_sum(graph, sum, moved, batch);
      moved[at].tensor = back;
      const double actual = after.total - weighted_sum(graph, sum, moved, batch).total;
      const double scale = std::max(std::sqrt(norm), std::abs(expected));
      const double allowed = kTolerance * scale + kRounding * after.norm;
      if (!(std::abs(actual - expected) <= allowed)) {
        wrong.push_back(
            fmt::format("{}, direction {}: the gradient foretells a change of {:.6g}, it is {:.6g}",
                        variables[k].node().scope, direction, expected, actual));
      }
    }
  }
  return wrong;
}

std::vector<std::string> wrong_gradients(const OpUnderTest& op, const OpCase& op_case) {
  CaseGraph c(op, op_case);
  const std::int64_t batch = c.has_batch() ? kRows : 1;
  return wrong_derivatives(c.graph, {{c.output, c.upstream}}, c.variables,
                           random_data(c, batch, kSeed), batch);
}

std::vector<std::string> wrong_second_gradients(const OpUnderTest& op, const OpCase& op_case) {
  CaseGraph c(op, op_case);
  const std::int64_t batch = c.has_batch() ? kRows : 1;
  std::vector<Given> data = random_data(c, batch, kSeed);
  std::vector<Weighted> sum;
  for (std::size_t k = 0; k < c.gradients.size(); ++k) {
    const std::string name = "weights of gradient " + std::to_string(k);
    const Value weights = c.graph.input(name, c.gradients[k].shape());
    data.push_back({weights, random_tensor(numbers(weights.shape(), -2, 2), batch, kSeed, name)});
    sum.push_back({c.gradients[k], weights});
  }
  Values variables = c.variables;
  variables.push_back(c.upstream);
  return wrong_derivatives(c.graph, sum, variables, data, batch);
}

std::vector<std::string> wrong_hessian_products(const OpUnderTest& op, const OpCase& op_case) {
  CaseGraph c(op, op_case);
  const std::int64_t batch = c.has_batch() ? kRows : 1;
  std::vector<Given> data = random_data(c, batch, kSeed);
  std::vector<Weighted> sum;
  std::vector<Tensor> direction;
  for (std::size_t k = 0; k < c.variables.size(); ++k) {
    const std::string name = "v " + std::to_string(k);
    const Shape& shape = c.variables[k].shape();
    const Value v = c.graph.input(name, shape);
    direction.push_back(random_tensor(numbers(shape, -1, 1), batch, kSeed, name));
    data.push_back({v, direction.back()});
    sum.push_back({c.gradients[k], v});
  }
  const Values products = derivatives(c.graph, sum, c.variables);
  const auto analytic = run_plain(c.graph, products, data, batch);
  const auto gradients_at = [&](float step) {
    std::vector<Given> moved(data);
    for (std::size_t k = 0; k < c.variables.size(); ++k) {
      const auto is_variable = [&](const Given& g) { return g.input == c.variables[k]; };
      const auto at = std::ranges::find_if(moved, is_variable);
      at->tensor = at->tensor.clone();
      for (std::size_t i = 0; i < direction[k].floats().size(); ++i) {
        at->tensor.floats()[i] += step * direction[k].floats()[i];
      }
    }
    return run_plain(c.graph, c.gradients, moved, batch);
  };
  const auto after = gradients_at(static_cast<float>(kStep));
  const auto before = gradients_at(-static_cast<float>(kStep));
  std::vector<std::string> wrong;
  double level = 0;  // the largest entry of the gradients, of which the products are the change
  for (const Tensor& gradient : after) {
    for (const float x : gradient.floats()) {
      level = std::max(level, std::abs(static_cast<double>(x)));
    }
  }
  for (std::size_t k = 0; k < analytic.size(); ++k) {
    double largest = 0;
    for (std::size_t i = 0; i < analytic[k].floats().size(); ++i) {
      largest = std::max(largest, std::abs(static_cast<double>(analytic[k].floats()[i])));
    }
    const double allowed = kTolerance * largest + kRounding * level / kStep;
    for (std::size_t i = 0; i < analytic[k].floats().size(); ++i) {
      const double change =
          (static_cast<double>(after[k].floats()[i]) - before[k].floats()[i]) / (2 * kStep);
      const double product = analytic[k].floats()[i];
      if (std::abs(product - change) <= allowed) continue;
      wrong.push_back(fmt::format("{}, element {}: the product is {:.6g}, differences say {:.6g}",
                                  c.variables[k].node().scope, i, product, change));
      break;
    }
  }
  return wrong;
}

}  // namespace gradus::tests

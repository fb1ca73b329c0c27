#include "framework/ops/dot_interaction.h"

#include "framework/graph/onnx.h"
#include "framework/kernels/pairs.h"
#include "framework/ops/add.h"
#include "framework/ops/subtract.h"

namespace gradus {
namespace {

Value mixed(Value dy, Value z);

double pair_products(const Extents& z) {
  const std::int64_t pairs = z[1] * (z[1] - 1) / 2;
  return static_cast<double>(z[0]) * static_cast<double>(pairs * z[2]);
}

const Op kDotInteraction{
    .name = "dot_interaction",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& z = x[0].shape();
          if (z.rank() != 3 || z[1].times_batch || z[2].times_batch) {
            fail("dot_interaction: the shape must be [batch, vectors, dimension], not {}",
                 z.text());
          }
          return Shape{z[0], z[1].size * (z[1].size - 1) / 2};
        },
    .run = [](const Call& c) { kernels::pair_dots(c.inputs[0], c.output); },
    .gradient = [](Value y, Value dy) { return Gradients{mixed(dy, y.input(0))}; },
    .flops = [](const Request& request) { return 2 * pair_products(request.inputs[0]); },
    .onnx =
        [](OnnxGraph& g, Value y) {
          const Shape& z = y.input(0).shape();
          std::vector<std::int64_t> places;  // of a matrix of all products
          for (std::int64_t i = 1; i < z[1].size; ++i) {
            for (std::int64_t j = 0; j < i; ++j) places.push_back(i * z[1].size + j);
          }
          const std::string& x = g.name(y.input(0));
          const std::string turned =
              g.node("Transpose", {x}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
          const std::string products =
              g.reshaped(g.node("MatMul", {x, turned}), {z[0], z[1].size * z[1].size});
          return g.node("Gather", {products, g.list(std::move(places))},
                        {{"axis", std::int64_t{1}}});
        },
};

/// S(dy) z: each vector becomes the sum of the others, weighted by dy's entries for the pairs.
/// With u the gradient of that, z's is S(dy) u, as S is symmetric, and dy's is
/// z_i · u_j + u_i · z_j, which is what the dot interaction of z + u has more than those of z and
/// u.
const Op kMixed{
    .name = "dot_interaction_gradient",
    .shape = [](std::span<const Value> x, const Attributes&) { return x[1].shape(); },
    .run = [](const Call& c) { kernels::mix_pairs(c.inputs[0], c.inputs[1], c.output); },
    .gradient =
        [](Value y, Value u) {
          const Value z = y.input(1);
          return Gradients{dot_interaction(z + u) - dot_interaction(z) - dot_interaction(u),
                           mixed(y.input(0), u)};
        },
    .flops = [](const Request& request) { return 4 * pair_products(request.inputs[1]); },
};

Value mixed(Value dy, Value z) { return record(kMixed, {dy, z}); }

}  // namespace

Value dot_interaction(Operand z) { return record(kDotInteraction, {z}); }

}  // namespace gradus

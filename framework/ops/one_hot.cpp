#include "framework/ops/one_hot.h"

#include <algorithm>
#include <numeric>

#include "framework/graph/onnx.h"
#include "framework/kernels/clones.h"

namespace gradus {
namespace {

void require_ids(std::string_view op, Value x) {
  if (x.node().type != DataType::int32) {
    fail("{}: ids of int32 are needed, not {}", op, name(x.node().type));
  }
}

/// y = 0 where the id is the padding's, else 1.
GRADUS_CLONES
void mark_others(const std::int32_t* ids, std::int64_t padding, float* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = static_cast<float>(ids[i] != padding);
}

const Op kOneHot{
    .name = "one_hot",
    .shape =
        [](std::span<const Value> x, const Attributes& a) {
          require_ids("one_hot", x[0]);
          const auto size = a.get<std::int64_t>("size");
          if (size < 0) fail("one_hot: negative size {}", size);
          Shape out = x[0].shape();
          if (out.rank() == kMaximumRank) {
            fail("one_hot: ids of shape {} have too many axes", out.text());
          }
          out.push_back(size);
          return out;
        },
    .run =
        [](const Call& c) {
          const auto size = c.node.attribute<std::int64_t>("size");
          float* y = c.output.floats();
          std::fill_n(y, c.output.elements(), 0.0F);
          for (std::int64_t i = 0; i < c.inputs[0].elements(); ++i) {
            const std::int64_t id = c.inputs[0].ids()[i];
            if (id >= 0 && id < size) y[i * size + id] = 1.0F;
          }
        },
    .gradient = [](Value, Value) { return Gradients{}; },
    .takes_ids = true,
    .onnx =
        [](OnnxGraph& g, Value y) {
          std::vector<std::int64_t> places(
              static_cast<std::size_t>(y.attribute<std::int64_t>("size")));
          std::iota(places.begin(), places.end(), 0);
          const std::string ids = g.node("Unsqueeze", {g.name(y.input(0)), g.list({-1})});
          return g.as_numbers(g.node("Equal", {ids, g.list(std::move(places))}));
        },
};

const Op kPaddingMask{
    .name = "padding_mask",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          require_ids("padding_mask", x[0]);
          return x[0].shape();
        },
    .run =
        [](const Call& c) {
          const auto padding = c.node.attribute<std::int64_t>("padding");
          mark_others(c.inputs[0].ids(), padding, c.output.floats(), c.inputs[0].elements());
        },
    .gradient = [](Value, Value) { return Gradients{}; },
    .takes_ids = true,
    .onnx =
        [](OnnxGraph& g, Value y) {
          const std::string padding =
              g.reshaped(g.list({y.attribute<std::int64_t>("padding")}), {});
          const std::string is = g.node("Equal", {g.name(y.input(0)), padding});
          return g.as_numbers(g.node("Not", {is}));
        },
};

}  // namespace

Value one_hot(Operand ids, std::int64_t size) { return record(kOneHot, {ids}, {{"size", size}}); }

Value padding_mask(Operand ids, std::int64_t padding) {
  return record(kPaddingMask, {ids}, {{"padding", padding}});
}

}  // namespace gradus

#include "framework/ops/softmax_cross_entropy_sparse.h"

#include <algorithm>

#include "framework/ops/masked_log_sum_exp.h"
#include "framework/ops/mean_loss.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"

namespace gradus {
namespace {

constexpr std::string_view kName = "softmax_cross_entropy_sparse";

/// Calls body(example, place of its label among the logits).
template <class Body>
void for_each_label(const View& labels, std::int64_t classes, const Body& body) {
  for (std::int64_t i = 0; i < labels.elements(); ++i) {
    const std::int32_t label = labels.ids()[i];
    if (label < 0 || label >= classes) {
      fail("{}: label {}, there are {} classes, from 0", kName, label, classes);
    }
    body(i, i * classes + label);
  }
}

/// dy at each label among zeros.  Its gradient picks the labels' again.
Value place(Operand dy, Operand labels, const Shape& logits);

/// The logit of each label.
const Op kPick{
    .name = "pick_labels",
    .shape =
        [](std::span<const Value> x, const Attributes&) {
          const Shape& logits = x[0].shape();
          if (logits.rank() == 0 || logits[logits.rank() - 1].times_batch) {
            fail("{}: logits must be [.., classes], not {}", kName, logits.text());
          }
          if (x[0].node().type != DataType::float32 || x[1].node().type != DataType::int32) {
            fail("{}: logits of float32 and labels of int32 are needed, not {} and {}", kName,
                 name(x[0].node().type), name(x[1].node().type));
          }
          const Shape examples = drop_axis(logits, logits.rank() - 1);
          if (!(examples == x[1].shape())) {
            fail("{}: logits {} need labels {}, not {}", kName, logits.text(), examples.text(),
                 x[1].shape().text());
          }
          return examples;
        },
    .rows = [](Value y) { return y.shape().has_rows() ? Rows::each : Rows::whole; },
    .run =
        [](const Call& c) {
          const View& logits = c.inputs[0];
          for_each_label(
              c.inputs[1], logits.extents[logits.extents.rank() - 1],
              [&](std::int64_t i, std::int64_t at) { c.output.floats()[i] = logits.floats()[at]; });
        },
    .gradient = [](Value y,
                   Value dy) { return Gradients{place(dy, y.input(1), y.input(0).shape()), {}}; },
    .takes_ids = true,
};

const Op kPlace{
    .name = "place_labels",
    .shape = [](std::span<const Value>, const Attributes& a) { return a.get<Shape>("shape"); },
    .rows = [](Value y) { return y.shape().has_rows() ? Rows::each : Rows::whole; },
    .run =
        [](const Call& c) {
          std::fill_n(c.output.floats(), c.output.elements(), 0.0F);
          for_each_label(c.inputs[1], c.output.extents[c.output.extents.rank() - 1],
                         [&](std::int64_t i, std::int64_t at) {
                           c.output.floats()[at] = c.inputs[0].floats()[i];
                         });
        },
    .gradient = [](Value y, Value dy) { return Gradients{record(kPick, {dy, y.input(1)}), {}}; },
    .takes_ids = true,
};

Value place(Operand dy, Operand labels, const Shape& logits) {
  return record(kPlace, {dy, labels}, {{"shape", logits}});
}

}  // namespace

Value softmax_cross_entropy_sparse(Operand logits, Operand labels, Value weights) {
  const Value picked = record(kPick, {logits, labels});
  return mean_loss(kName, logits, masked_log_sum_exp(logits) - picked, weights);
}

}  // namespace gradus

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "framework/graph/differentiate.h"
#include "framework/ops/add.h"
#include "framework/ops/concat.h"
#include "framework/ops/embedding.h"
#include "framework/ops/matmul.h"
#include "framework/ops/mean.h"
#include "framework/ops/multiply.h"
#include "framework/ops/relu.h"
#include "framework/ops/reshape.h"
#include "framework/ops/sigmoid.h"
#include "framework/ops/slice.h"
#include "framework/ops/square.h"
#include "framework/ops/subtract.h"
#include "framework/ops/sum.h"
#include "framework/ops/tanh.h"
#include "tests/ops/evaluate.h"

namespace gradus::tests {
namespace {

/// A graph of ops chosen at random, its loss, gradients and some values on the way: what the
/// planner's rules on stages, fusion, lanes and memory meet in no order that anybody thought of.
class RandomGraph {
 public:
  explicit RandomGraph(unsigned seed) : random_(seed) {
    ids_ = graph_.input("ids", {kBatch}, DataType::int32);
    for (const std::int64_t width : {1, 8, 64}) {
      add_input({kBatch, width});
      add_input({width});
      tables_.push_back(add_weights({12, width}));
    }
    layer_ = add_weights({64, 256});
    const int steps = 10 + below(25);
    for (int i = 0; i < steps; ++i) step();
    finish();
  }

  const Graph& graph() const { return graph_; }
  const Values& outputs() const { return outputs_; }

  std::vector<Given> data(std::int64_t batch) const {
    std::vector<Given> data{{ids_, random_tensor(ids({kBatch}, 12), batch, 0, "ids")}};
    for (const Value& input : inputs_) {
      data.push_back({input, random_tensor(numbers(input.shape(), -1, 1), batch,
                                           static_cast<std::uint64_t>(input.index()), "x")});
    }
    return data;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  Value add_weights(const Shape& shape) {
    inputs_.push_back(graph_.input("input " + std::to_string(inputs_.size()), shape));
    return inputs_.back();
  }

  void add_input(const Shape& shape) {
    const Value input = add_weights(shape);
    (shape.has_batch() ? rows_ : constants_).push_back(input);
  }

  Value pick(const Values& from) { return from[random_() % from.size()]; }
  Value pick_rows() { return pick(rows_); }

  static std::int64_t width(Value rows) { return rows.shape()[1].size; }

  /// Rows of the wanted width, from some rows.
  Value widened(Value rows, std::int64_t wanted) {
    return matmul(rows, add_weights({width(rows), wanted}));
  }

  /// Something that broadcasts to the rows: other rows, a row, a column or a scalar.
  Value beside(Value rows) {
    Values fits;
    for (const Values* list : {&rows_, &constants_}) {
      for (const Value& value : *list) {
        const Shape& shape = value.shape();
        const bool last = shape.rank() == 0 || shape[shape.rank() - 1] == rows.shape()[1] ||
                          shape[shape.rank() - 1] == Dimension{1};
        const bool first = shape.rank() < 2 || shape[0].times_batch;
        if (first && last) fits.push_back(value);
      }
    }
    return fits.empty() ? rows : pick(fits);
  }

  void step() {
    const Value x = pick_rows();
    switch (below(12)) {
      case 0:
        return rows_.push_back(relu(x + beside(x)));
      case 1:
        return rows_.push_back(tanh(x * beside(x)));
      case 2:
        return rows_.push_back(sigmoid(x - beside(x)));
      case 3:
        return rows_.push_back(tanh(widened(x, 8)));
      case 4: {
        const Value y = widened(x, 64);
        return rows_.push_back(relu(y + mean(y, 0)));
      }
      case 5:
        return rows_.push_back(
            concat({slice(x, 1, 0, (width(x) + 1) / 2), embedding(pick(tables_), ids_)}, 1));
      case 6:
        return constants_.push_back(tanh(mean(x, 0)));
      case 7:
        return constants_.push_back(mean(square(x)));
      case 8:
        return rows_.push_back(reshape(mean(x, 1), {kBatch, 1}));
      case 9:
        return rows_.push_back(
            tanh(matmul(x, reshape(tanh(mean(x * pick_column(), 0)), {width(x), 1}))));
      case 10:
        return outputs_.push_back(x);
      default:
        return rows_.push_back(square(tanh(x)));
    }
  }

  Value pick_column() { return reshape(mean(pick_rows(), 1), {kBatch, 1}); }

  void finish() {
    Value loss =
        mean(square(matmul(widened(pick_rows(), 64), layer_)));  // heavy enough for many tiles
    for (int i = 0; i < 3; ++i) loss = loss + mean(pick_rows());
    loss = loss + sum(tanh(pick(constants_)));
    outputs_.push_back(loss);
    const Gradients gradients = differentiate(loss, inputs_);
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      if (gradients[k]) outputs_.push_back(dense(gradients[k], inputs_[k]));
    }
  }

  std::mt19937 random_;
  Graph graph_;
  Value ids_;
  Value layer_;
  Values inputs_;
  Values rows_;       // [batch, n]
  Values constants_;  // [n] or []
  Values tables_;     // tables
  Values outputs_;
};

}  // namespace

TEST_CASE("random graphs: tiles give what the plain executor gives, and threads the same bits") {
  // A mistake in the plan shows as garbage; sums that cancel need some room.
  constexpr Tolerance kTolerance{.relative = 1e-3, .floor = 1e-4, .absolute = 1e-6};
  for (unsigned seed = 0; seed < 60; ++seed) {
    const RandomGraph random(seed);
    for (const std::int64_t batch : {1, 37, 512, 1000}) {
      CAPTURE(seed);
      CAPTURE(batch);
      const auto data = random.data(batch);
      const auto plain = run_plain(random.graph(), random.outputs(), data, batch);
      const auto tiled = run_tiled(random.graph(), random.outputs(), data, batch);
      const Threads set(3);
      const auto many = run_tiled(random.graph(), random.outputs(), data, batch);
      for (std::size_t k = 0; k < plain.size(); ++k) {
        CAPTURE(random.outputs()[k].index());
        CHECK(difference(tiled[k], plain[k], kTolerance) == "");
        CHECK(same_bytes(tiled[k], many[k]));
      }
    }
  }
}

}  // namespace gradus::tests

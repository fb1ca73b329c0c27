#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "framework/graph/executor.h"
#include "framework/kernels/matmul.h"
#include "framework/ops/matmul.h"
#include "framework/ops/multiply.h"
#include "framework/ops/scale.h"
#include "framework/ops/sum.h"
#include "tests/graph/allocations.h"
#include "tests/ops/derivatives.h"
#include "tests/ops/evaluate.h"

// Every declared case of every op is held to what all ops promise.
namespace gradus::tests {
namespace {

// Under a sanitizer many rows take minutes, and what more of them do, it has seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::array<std::int64_t, 6> kBatches{0, 1, 7, 64, 300, 2048 + 77};
constexpr std::array<std::int64_t, 2> kParallelBatches{300, 2048 + 77};
constexpr std::array kThreads{3};
#else
constexpr std::array<std::int64_t, 8> kBatches{0, 1, 7, 64, 300, 4096, 8192, 10007};
constexpr std::array<std::int64_t, 2> kParallelBatches{300, 8192 + 77};
constexpr std::array kThreads{2, 3, 5, 8};
#endif

std::string title(const OpUnderTest& op, const OpCase& op_case) {
  return op.op + ", " + op_case.name;
}

template <class Body>
void for_each_case(const Body& body) {
  for (const OpUnderTest& op : all_ops()) {
    for (const OpCase& op_case : op.cases) {
      CAPTURE(title(op, op_case));
      body(op, op_case);
    }
  }
}

std::string lines(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, "\n"));
}

/// What an op says when one of its inputs holds the other type.
std::string built_with_other_type(const OpUnderTest& op, const OpCase& op_case, std::size_t wrong) {
  Graph graph;
  Values arguments;
  for (const InputCase& input : op_case.inputs) {
    if (input.same_as) {
      arguments.push_back(arguments[static_cast<std::size_t>(*input.same_as)]);
      continue;
    }
    const bool is_ids = (input.ids > 0) != (arguments.size() == wrong);
    arguments.push_back(
        graph.input("x", input.shape, is_ids ? DataType::int32 : DataType::float32));
  }
  try {
    const Value y = op.build(arguments, op_case.attributes);
    if (y == arguments[wrong]) return "float32 or int32: it stays as it is";
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

/// A case beside a layer heavy enough that the planner cuts small batches into tiles, too.
class TiledCase {
 public:
  TiledCase(const OpUnderTest& op, const OpCase& op_case) : case_(op, op_case) {
    layer_input_ = case_.graph.input("layer input", {kBatch, 64});
    const Value weights = case_.graph.parameter("layer weights", Tensor({64, 256}));
    layer_ = sum(matmul(layer_input_, weights));
    results_ = {case_.output};
    results_.insert(results_.end(), case_.gradients.begin(), case_.gradients.end());
  }

  const CaseGraph& op_case() const { return case_; }

  /// The sizes at which the case is run: one where nothing depends on it.
  std::vector<std::int64_t> batches(std::span<const std::int64_t> sizes) const {
    if (!case_.has_batch() && !case_.output.shape().has_batch()) return {1};
    return {sizes.begin(), sizes.end()};
  }

  std::vector<Given> data(std::int64_t batch, std::uint64_t seed) const {
    std::vector<Given> data = random_data(case_, batch, seed);
    data.push_back({layer_input_, Tensor({batch, 64})});
    return data;
  }

  /// The op's value and its gradients.
  std::vector<Tensor> plain(std::span<const Given> data, std::int64_t batch) const {
    return run_plain(case_.graph, results_, data, batch);
  }
  std::vector<Tensor> tiled(std::span<const Given> data, std::int64_t batch) const {
    Values outputs = results_;
    outputs.push_back(layer_);
    Executor executor(case_.graph, outputs);
    CHECK(executor.plan(batch).tiles >= std::min<std::int64_t>(8, batch / 32));
    return run(executor, results_, data, batch);
  }

  /// What a second run of the same executor allocates and prepares.
  std::int64_t cost_of_replay(std::span<const Given> data, std::int64_t batch) const {
    start_workers();
    Executor executor(case_.graph, results_);
    for (const Given& given : data) give(executor, given);
    const auto cost = [] {
      return news_by_gradus() + allocation_count() + kernels::primitive_count();
    };
    const std::int64_t before = cost();
    executor.run(batch);
    const std::int64_t planned = cost();
    CHECK(planned > before);
    executor.run(batch);
    return cost() - planned;
  }

 private:
  CaseGraph case_;
  Value layer_input_;
  Value layer_;
  Values results_;
};

/// x[0] * x[1] as an op with the given gradient, right or wrong.
template <Gradients (*gradient)(Value, Value)>
OpUnderTest product() {
  static const Op kOp{
      .name = "product",
      .shape = [](std::span<const Value> x, const Attributes&) { return x[0].shape(); },
      .run =
          [](const Call& c) {
            for (std::int64_t i = 0; i < c.output.elements(); ++i) {
              c.output.floats()[i] = c.inputs[0].floats()[i] * c.inputs[1].floats()[i];
            }
          },
      .gradient = gradient,
  };
  const auto build = [](const Values& x, const Attributes&) { return record(kOp, {x[0], x[1]}); };
  return {"product", {}, build, {}};
}

Gradients right(Value y, Value dy) { return {dy * y.input(1), dy * y.input(0)}; }
Gradients swapped(Value y, Value dy) { return {dy * y.input(0), dy * y.input(1)}; }
Gradients without_upstream(Value y, Value dy) { return {dy * y.input(1), scale(y.input(0), 1.0)}; }
Gradients one_percent_off(Value y, Value dy) {
  return {scale(dy * y.input(1), 1.01), dy * y.input(0)};
}
/// x as it is, but as if nothing depended on it.
Value frozen(Value x) {
  static const Op kOp{
      .name = "frozen",
      .shape = [](std::span<const Value> v, const Attributes&) { return v[0].shape(); },
      .run =
          [](const Call& c) {
            std::copy_n(c.inputs[0].floats(), c.output.elements(), c.output.floats());
          },
      .gradient = [](Value, Value) { return Gradients{}; },
  };
  return record(kOp, {x});
}
Gradients without_second(Value y, Value dy) {
  return {dy * frozen(y.input(1)), dy * frozen(y.input(0))};
}
Gradients missing(Value y, Value dy) { return {dy * y.input(1), {}}; }

}  // namespace

TEST_CASE("conformance: every op's gradient is what differences say") {
  for_each_case([](const OpUnderTest& op, const OpCase& op_case) {
    CHECK(lines(wrong_gradients(op, op_case)) == "");
  });
}

TEST_CASE("conformance: every gradient's gradient is what differences say") {
  for_each_case([](const OpUnderTest& op, const OpCase& op_case) {
    CHECK(lines(wrong_second_gradients(op, op_case)) == "");
  });
}

TEST_CASE("conformance: Hessian-vector products are what differences of the gradient say") {
  for_each_case([](const OpUnderTest& op, const OpCase& op_case) {
    CHECK(lines(wrong_hessian_products(op, op_case)) == "");
  });
}

TEST_CASE("conformance: a planted wrong Hessian is found") {
  const OpCase rows{"rows", {{kBatch, 17}, {kBatch, 17}}};
  CHECK(wrong_hessian_products(product<right>(), rows).empty());
  CHECK(wrong_gradients(product<without_second>(), rows).empty());
  CHECK(wrong_hessian_products(product<without_second>(), rows).size() == 2);
}

TEST_CASE(
    "conformance: ids where numbers belong are refused as the graph is built, and the reverse") {
  for_each_case([](const OpUnderTest& op, const OpCase& op_case) {
    for (std::size_t wrong = 0; wrong < op_case.inputs.size(); ++wrong) {
      if (op_case.inputs[wrong].same_as) continue;
      CAPTURE(wrong);
      const std::string refused = built_with_other_type(op, op_case, wrong);
      CHECK(refused.find("int32") != std::string::npos);
      CHECK(refused.find("float32") != std::string::npos);
    }
  });
}

TEST_CASE("conformance: a planted wrong gradient is found") {
  const OpCase rows{"rows", {{kBatch, 17}, {kBatch, 17}}};
  CHECK(wrong_gradients(product<right>(), rows).empty());
  CHECK(wrong_gradients(product<swapped>(), rows).size() >= 2);
  CHECK(lines(wrong_gradients(product<without_upstream>(), rows)).find("input 1") == 0);
  CHECK(lines(wrong_gradients(product<one_percent_off>(), rows)).find("input 0") == 0);
  CHECK(lines(wrong_gradients(product<missing>(), rows)).find("input 1") == 0);
}

TEST_CASE("conformance: tiles give what the plain executor gives") {
  // Sums in another order differ by some rounding errors of their largest partial sum.
  constexpr Tolerance kTolerance{.relative = 1e-5};
  for_each_case([&](const OpUnderTest& op, const OpCase& op_case) {
    const TiledCase c(op, op_case);
    for (const std::int64_t batch : c.batches(kBatches)) {
      CAPTURE(batch);
      const auto data = c.data(batch, 1);
      const auto tiled = c.tiled(data, batch);
      const auto plain = c.plain(data, batch);
      CHECK(difference(tiled[0], plain[0], kTolerance) == "");
      // What cancels out, as a bias of keys does, is as exact as what it was summed of.
      float largest = 0;
      for (std::size_t k = 1; k < plain.size(); ++k) {
        for (const float x : plain[k].floats()) largest = std::max(largest, std::abs(x));
      }
      Tolerance tolerance = kTolerance;
      tolerance.floor = 1e-4 * static_cast<double>(largest);
      tolerance.absolute = 1e-7 * static_cast<double>(largest);
      for (std::size_t k = 1; k < plain.size(); ++k) {
        CAPTURE(c.op_case().variables[k - 1].node().scope);
        CHECK(difference(tiled[k], plain[k], tolerance) == "");
      }
    }
  });
}

TEST_CASE("conformance: a replayed run allocates nothing and makes no primitive") {
  constexpr std::int64_t kSize = 300;
  for_each_case([&](const OpUnderTest& op, const OpCase& op_case) {
    const TiledCase c(op, op_case);
    const std::int64_t batch = c.batches({&kSize, 1})[0];
    CHECK(c.cost_of_replay(c.data(batch, 3), batch) == 0);
  });
}

TEST_CASE("conformance: any number of threads gives the same bits") {
  for_each_case([&](const OpUnderTest& op, const OpCase& op_case) {
    const TiledCase c(op, op_case);
    for (const std::int64_t batch : c.batches(kParallelBatches)) {
      CAPTURE(batch);
      const auto data = c.data(batch, 2);
      const auto with = [&](int threads) {
        const Threads set(threads);
        return c.tiled(data, batch);
      };
      const auto one = with(1);
      for (const int threads : kThreads) {
        CAPTURE(threads);
        const auto many = with(threads);
        CHECK(std::equal(one.begin(), one.end(), many.begin(), same_bytes));
      }
    }
  });
}

}  // namespace gradus::tests

#include <doctest/doctest.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "framework/data/generated.h"
#include "framework/kernels/matmul.h"
#include "framework/optim/adagrad.h"
#include "framework/train/trainer.h"
#include "models/ranking/ranking.h"
#include "tests/graph/allocations.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

/// What a piece of work has cost since this was made.
class Cost {
 public:
  std::int64_t news() const { return news_by_gradus() - news_; }
  std::int64_t news_in_onednn() const { return news_by_onednn() - news_in_onednn_; }
  std::int64_t blocks() const { return allocation_count() - blocks_; }
  std::int64_t primitives() const { return kernels::primitive_count() - primitives_; }

 private:
  std::int64_t news_ = news_by_gradus();
  std::int64_t news_in_onednn_ = news_by_onednn();
  std::int64_t blocks_ = allocation_count();
  std::int64_t primitives_ = kernels::primitive_count();
};

}  // namespace

TEST_CASE("steady state: the counters see what is allocated") {
  const Cost cost;
  const Tensor tensor({3});
  CHECK(cost.blocks() == 1);
  if (!counts_news()) return;
  const Cost of_new;
  std::vector<std::string> words(1);
  words.back() = "longer than what a string keeps in itself";
  CHECK(of_new.news() == 2);
  CHECK(of_new.news_in_onednn() == 0);
  const Cost of_primitive;
  const kernels::Matmul product({.m = 64, .n = 65, .k = 64});
  CHECK(of_primitive.primitives() == 2);
}

TEST_CASE("steady state: a replayed training step allocates nothing and makes no primitive") {
  constexpr std::array<std::int64_t, 2> kSizes{8192, 6272};
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    const Threads set(threads);
    start_workers();
    const Table table = GeneratedSource({}).read();
    const Vocabularies ids(table);
    const Encoded data(table, ids, table.label().name);
    RankingModel::Options options;
    options.layers = {512, 256, 64};  // by oneDNN and, where there are wide registers, by loops
    RankingModel model(options, ids);
    initialize(model, 42);
    const Task task({});
    const Adagrad optimizer({.learning_rate = 0.1});
    const std::vector<InputColumn> columns = input_columns(data);
    TrainingStep step(model, task, optimizer, columns, false);
    Batch batch(data, columns, kSizes[0]);
    std::vector<std::int32_t> rows(kSizes[0]);
    std::iota(rows.begin(), rows.end(), 0);
    std::int64_t steps = 0;
    const auto run = [&](std::int64_t size) {
      batch.fill(std::span(rows).first(static_cast<std::size_t>(size)));
      const double loss = step.compute(batch, 1).loss;
      step.update(++steps);
      return loss;
    };
    const Cost of_planning;
    for (const std::int64_t size : kSizes) run(size);
    CHECK(of_planning.blocks() > 0);
    CHECK(of_planning.primitives() > 0);

    for (int replay = 0; replay < 5; ++replay) {
      for (const std::int64_t size : kSizes) {
        CAPTURE(size);
        CAPTURE(replay);
        const Cost cost;
        run(size);
        CHECK(cost.blocks() == 0);
        CHECK(cost.primitives() == 0);
        CHECK(cost.news() == 0);
        if (!counts_news() || threads != 1 || replay != 4) continue;
        MESSAGE("oneDNN itself calls operator new ", cost.news_in_onednn(), " times in a step of ",
                size, " rows in ", step.executor().plan(size).tiles, " tiles");
      }
    }
  }
}

}  // namespace gradus::tests

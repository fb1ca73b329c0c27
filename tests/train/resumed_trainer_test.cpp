#include <doctest/doctest.h>

#include <cstring>
#include <numeric>

#include "framework/data/generated.h"
#include "framework/optim/adam.h"
#include "framework/train/trainer.h"
#include "models/ranking/ranking.h"

namespace gradus {
namespace {

constexpr int kEpochs = 3;
constexpr int kStepsAnEpoch = 3;  // of 100, 100 and 50 rows

/// A training of 250 rows by Adam, whose updates depend on the step too.
struct Training {
  explicit Training(const Table& table)
      : ids(table), data(table, ids, table.label().name), model({.layer_l2 = 0.01}, ids) {
    initialize(model, 1);
    std::vector<std::int32_t> rows(250);
    std::iota(rows.begin(), rows.end(), 0);
    batches.emplace(rows, 100, Shuffle::every_epoch, 5);
    trainer.emplace(model, task, optimizer, data);
  }

  /// Until so many calls of `go_on`; each report as text, less its time.
  void run(int calls = 1000) {
    const Callbacks callbacks{
        .on_step =
            [this](const StepReport& r) {
              reports.push_back(fmt::format("{} {} {} {} {}", r.epoch, r.step, r.done,
                                            r.losses.total_loss, r.metrics[0].second));
            },
        .on_epoch =
            [this](const EpochReport& r) {
              reports.push_back(fmt::format("{} {} {} {} {} {} {}", r.epoch, r.step, r.examples,
                                            r.losses.loss, r.losses.regularization_loss,
                                            r.last_batch_loss, r.metrics[0].second));
            },
        .go_on = [&calls] { return --calls > 0; }};
    trainer->run(*batches, kEpochs, callbacks);
  }

  /// What a checkpoint has, as the other has it.
  void take(Training& other) {
    const auto theirs = other.model.parameters();
    const auto mine = model.parameters();
    for (std::size_t k = 0; k < mine.size(); ++k) {
      std::ranges::copy(theirs[k].parameter->value.floats(),
                        mine[k].parameter->value.floats().begin());
    }
    for (const auto& [name, state] : trainer->step().states()) {
      std::ranges::copy(other.trainer->step().states().at(name).floats(), state.floats().begin());
    }
    trainer->set_position(other.trainer->position());
  }

  Vocabularies ids;
  Encoded data;
  RankingModel model;
  Task task{{}};
  Adam optimizer{{}};
  std::optional<Batches> batches;
  std::optional<Trainer> trainer;
  std::vector<std::string> reports;
};

bool same_bits(const Tensor& a, const Tensor& b) {
  return a.bytes() == b.bytes() && std::memcmp(a.view().data, b.view().data, a.bytes()) == 0;
}

TEST_CASE("a training goes on from after any step to the same bits and reports") {
  const Table table = GeneratedSource({}).read();
  Training whole(table);
  whole.run();
  REQUIRE(whole.reports.size() == kEpochs * (kStepsAnEpoch + 1));
  for (int calls = 1; calls <= kEpochs * (kStepsAnEpoch + 1); ++calls) {
    CAPTURE(calls);
    Training first(table);
    first.run(calls);
    Training second(table);
    second.take(first);
    second.run();
    std::vector<std::string> reports = first.reports;
    reports.insert(reports.end(), second.reports.begin(), second.reports.end());
    CHECK(reports == whole.reports);
    for (std::size_t k = 0; k < whole.model.parameters().size(); ++k) {
      CHECK(same_bits(second.model.parameters()[k].parameter->value,
                      whole.model.parameters()[k].parameter->value));
    }
  }
}

TEST_CASE("a training's position must have the task's metrics") {
  const Table table = GeneratedSource({}).read();
  Training training(table);
  TrainingPosition position;
  position.metrics.resize(3);
  CHECK_THROWS_WITH_AS(training.trainer->set_position(position),
                       "training: 1 metrics, their states are 3", Error);
}

}  // namespace
}  // namespace gradus

#include "framework/train/averaging.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "framework/nn/initializers.h"
#include "tests/graph/allocations.h"
#include "tests/ops/evaluate.h"
#include "tests/support.h"

namespace gradus::tests {
namespace {

using nlohmann::json;

/// A model of nothing but parameters.
class Weights : public Model {
 public:
  explicit Weights(std::int64_t count) : weight(parameter("weight", {count}, zeros())) {}
  Value forward(const Features& /*x*/) const override { return {}; }

  Parameter& weight;
};

/// Sets a number among the options.
class Set : public OptionVisitor {
 public:
  Set(std::string name, double value) : name_(std::move(name)), value_(value) {}

 private:
  void field(std::string_view name, OptionTarget target, const Allowed&,
             std::string_view) override {
    if (name != name_) return;
    if (auto* number = std::get_if<double*>(&target)) **number = value_;
    if (auto* whole = std::get_if<int*>(&target)) **whole = static_cast<int>(value_);
  }

  std::string name_;
  double value_;
};

std::unique_ptr<Averaging> make(const std::string& name, const std::string& option, double value) {
  const auto kind =
      std::ranges::find(averagings(), name, &Kind<std::unique_ptr<Averaging>()>::name);
  REQUIRE(kind != averagings().end());
  const auto component = kind->create();
  Set set(option, value);
  component.fields(set);
  return component.make();
}

/// The averages after each of these weights, the first the initial ones.
std::vector<double> averages(std::unique_ptr<Averaging> averaging,
                             const std::vector<double>& weights) {
  Weights model(1);
  model.weight.value.fill(static_cast<float>(weights[0]));
  WeightAverage average(model, std::move(averaging));
  std::vector<double> out;
  for (std::size_t step = 0; step < weights.size(); ++step) {
    model.weight.value.fill(static_cast<float>(weights[step]));
    if (step > 0) average.update(static_cast<std::int64_t>(step));
    out.push_back(static_cast<double>(average.values()[0].floats()[0]));
  }
  return out;
}

}  // namespace

TEST_CASE("an exponential average of weights is that of Keras") {
  const json values =
      json::parse(std::ifstream(source_folder() / "tests" / "golden" / "optim" / "average.json"));
  const std::vector<double> got =
      averages(make("exponential", "momentum", values["momentum"]), values["weights"]);
  for (std::size_t k = 0; k < got.size(); ++k) {
    CAPTURE(k);
    CHECK(std::abs(got[k] - values["averages"][k].get<double>()) <= 1e-6);
  }
}

TEST_CASE("Polyak's average is the mean of the steps that count") {
  const std::vector<double> weights = {9, 1, 5, 3, 8};
  const std::vector<double> all = averages(make("polyak", "after_steps", 0), weights);
  const std::vector<double> later = averages(make("polyak", "after_steps", 2), weights);
  const double means[] = {9, 1, 3, 3, 4.25};
  const double means_later[] = {9, 1, 5, 3, 5.5};
  for (std::size_t k = 0; k < weights.size(); ++k) {
    CAPTURE(k);
    CHECK(all[k] == doctest::Approx(means[k]).epsilon(1e-6));
    CHECK(later[k] == doctest::Approx(means_later[k]).epsilon(1e-6));
  }
}

TEST_CASE("averages are the same on any number of threads, allocate nothing, and are swapped in") {
  constexpr std::int64_t kCount = 100'003;
  std::vector<float> first;
  for (const int threads : {1, 2, 3, 5}) {
    const Threads set(threads);
    start_workers();
    Weights model(kCount);
    WeightAverage average(model, make("exponential", "momentum", 0.75));
    const auto weights = model.weight.value.floats();
    for (std::int64_t step = 1; step <= 3; ++step) {
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = std::sin(static_cast<float>(i) * static_cast<float>(step));
      }
      const std::int64_t before = news_by_gradus();
      average.update(step);
      CHECK(news_by_gradus() == before);
    }
    const float last = weights[7];
    average.swap();
    if (first.empty()) first.assign(weights.begin(), weights.end());
    CHECK(std::ranges::equal(weights, first));
    CHECK(weights[7] != last);
    CHECK(average.values()[0].floats()[7] == last);
    average.swap();
    CHECK(weights[7] == last);
  }
}

}  // namespace gradus::tests

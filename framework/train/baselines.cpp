#include "framework/train/baselines.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "framework/core/error.h"

namespace gradus {
namespace {

constexpr double kDamping = 10;

double weight(const Encoded& data, std::size_t row) {
  return data.weights().empty() ? 1.0 : static_cast<double>(data.weights()[row]);
}

double mean_label(const Encoded& data, const Split& split) {
  if (data.labels().empty()) fail("baselines: there are no labels");
  double sum = 0;
  double weights = 0;
  for (std::int32_t number : split.train) {
    const auto row = static_cast<std::size_t>(number);
    sum += weight(data, row) * static_cast<double>(data.labels()[row]);
    weights += weight(data, row);
  }
  if (weights == 0) fail("baselines: the weights of the training rows add up to 0");
  return sum / weights;
}

/// The damped mean of what is left of the labels, for each id; `left` holds that for each training
/// row, and is lessened by it.
std::vector<double> take_biases(const Encoded& data, const Split& split,
                                std::span<const std::int32_t> ids, std::vector<double>& left) {
  const std::int32_t last = *std::ranges::max_element(ids);
  std::vector<double> biases(static_cast<std::size_t>(last) + 1, 0);
  std::vector<double> weights(biases.size(), kDamping);
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto row = static_cast<std::size_t>(split.train[i]);
    const auto id = static_cast<std::size_t>(ids[row]);
    biases[id] += weight(data, row) * left[i];
    weights[id] += weight(data, row);
  }
  for (std::size_t id = 0; id < biases.size(); ++id) biases[id] /= weights[id];
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i] -= biases[static_cast<std::size_t>(ids[static_cast<std::size_t>(split.train[i])])];
  }
  return biases;
}

}  // namespace

Baseline constant_mean(const Encoded& data, const Split& split) {
  const auto mean = static_cast<float>(mean_label(data, split));
  return {"constant_mean", std::vector<float>(split.test.size(), mean)};
}

Baseline damped_biases(const Encoded& data, const Split& split) {
  if (data.user() == nullptr || data.item() == nullptr) {
    fail("damped_biases: a user and an item column are required");
  }
  const double mean = mean_label(data, split);
  std::vector<double> left;
  for (std::int32_t row : split.train) {
    left.push_back(static_cast<double>(data.labels()[static_cast<std::size_t>(row)]) - mean);
  }
  const auto& users = data.user()->ids;
  const auto& items = data.item()->ids;
  const std::vector<double> item_biases = take_biases(data, split, items, left);
  const std::vector<double> user_biases = take_biases(data, split, users, left);
  Baseline baseline{"damped_biases", {}};
  for (std::int32_t number : split.test) {
    const auto row = static_cast<std::size_t>(number);
    baseline.predictions.push_back(
        static_cast<float>(mean + item_biases[static_cast<std::size_t>(items[row])] +
                           user_biases[static_cast<std::size_t>(users[row])]));
  }
  return baseline;
}

std::vector<Baseline> baselines(const Encoded& data, const Split& split) {
  std::vector<Baseline> all = {constant_mean(data, split)};
  if (data.user() != nullptr && data.item() != nullptr) all.push_back(damped_biases(data, split));
  return all;
}

}  // namespace gradus

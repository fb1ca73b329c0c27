#pragma once

#include <string>
#include <vector>

#include "framework/data/encoded.h"
#include "framework/data/split.h"

namespace gradus {

/// What a trivial model predicts for the test rows, in their order: every result stands beside it.
struct Baseline {
  std::string name;                ///< "constant_mean"
  std::vector<float> predictions;  ///< by row
};

/// The mean of the training labels, m = sum(w * r) / sum(w), for each test row; w is 1 where there
/// are no weights. Throws Error where the weights add up to 0.
Baseline constant_mean(const Encoded& data, const Split& split);

/// m + item_bias + user_bias, in one pass over the training rows, damped by 10 and unclipped:
/// item_bias[i] = sum(w * (r - m)) / (sum(w) + 10) over the item's rows, then
/// user_bias[u] = sum(w * (r - m - item_bias)) / (sum(w) + 10) over the user's. An id without
/// training rows has bias 0. Throws Error where there is no user or no item column.
Baseline damped_biases(const Encoded& data, const Split& split);

/// "constant_mean", and where there are a user and an item column, "damped_biases".
std::vector<Baseline> baselines(const Encoded& data, const Split& split);

}  // namespace gradus

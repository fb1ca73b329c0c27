#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/ops/op_case.h"

namespace gradus::tests {

using ListLoss = Value (*)(Operand scores, Operand labels, Value weights);

/// [batch, list] ids -> labels, half the ids: constants, by which nothing is differentiated.
Value constant_labels(Value ids);

/// What a test of a loss of scores, labels (by `constant_labels`) and weights [batch, list] goes
/// through: labels with ties, lists of one item, constants, weights. Scores are drawn from `low` to
/// `high`, none nearer to 0 than `margin`.
std::vector<OpCase> list_loss_cases(float low = -1.0F, float high = 1.0F, float margin = 0.0F);
/// For such a case.
Value build_list_loss(ListLoss loss, const Values& inputs);

/// Holds a loss to the values of golden/ranking_losses.json; `padded` lists are also compared with
/// the same lists with other numbers where weights are 0.
void check_list_loss(const std::string& op, ListLoss loss);
/// Holds a loss to refusing shapes that differ or are no lists.
void check_takes_lists(const std::string& op, ListLoss loss);

}  // namespace gradus::tests

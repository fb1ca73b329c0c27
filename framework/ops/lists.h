#pragma once

#include <string_view>

#include "framework/graph/graph.h"

namespace gradus {

// What losses of lists share. A batch has a list in each row: scores, labels and weights are
// [batch, list]. Weights multiply the terms of their items, and an item of weight 0 is not there:
// so shorter lists are padded. Labels are constants: nothing is differentiated by the order that
// they give. Losses are summed over a list and averaged over the batch, empty lists included.

/// Throws Error, naming the op and the place of the call, unless scores are [batch, list] and all
/// shapes equal: a loss never broadcasts.
void check_lists(std::string_view op, const Operand& scores, Value labels, Value weights);

/// [batch, list] weights -> 1 where an item is there, else 0.
Value items_there(Value weights);

/// [batch, list] labels, weights (none: all 1) -> [batch, list, list]: 1 where both items are there
/// and label i is above label j, else 0.
Value pairs_above(Value labels, Value weights);
/// The same with all j that come no earlier than i, by falling labels and, where these are equal,
/// by their place in the list; i itself included.
Value pairs_not_before(Value labels, Value weights);

/// [batch, list] x -> [batch, list, list]: x[i] - x[j].
Value pair_differences(Value x);
/// [batch, list] x -> [batch, list, 1] and [batch, 1, list].
Value as_first_of_pairs(Value x);
/// [.., n] as [.., n, 1]: what stands second in `pairs`.
Value as_second_of_pairs(Value x);

/// [batch, list] or [batch, list, list] terms, summed over a list and averaged over the batch.
Value mean_over_lists(Value terms);

}  // namespace gradus

#pragma once

#include <string>
#include <vector>

#include "framework/graph/graph.h"
#include "framework/nn/model.h"
#include "framework/train/input_column.h"
#include "framework/train/task.h"

namespace gradus {

/// A model and its task as values of one graph.
struct Trace {
  /// What a column of the data is in the graph.
  struct Column {
    std::string name;  ///< as the data has it
    Value value;       ///< [batch], int32 ids or float32 numbers
  };
  std::vector<Column> columns;  ///< in the order of their making
  Value labels;                 ///< [batch, 1]
  Value weights;                ///< [batch, 1], or none
  Value random_key;             ///< int32 [3], or none: see `dropout`
  Value predictions;            ///< [batch, 1]
  Value loss;                   ///< a scalar
  Value regularization_loss;    ///< a scalar; none where nothing is regularised
  Value total_loss;             ///< a scalar
};

/// Calls the model once for a batch of any size; `training`: with a random key. Throws Error where
/// its output is not [batch, 1].
Trace trace(Graph& graph, const Model& model, const Task& task,
            const std::vector<InputColumn>& columns, bool weighted, bool training = false);

/// A model's predictions, and the columns that they read.
struct PredictionTrace {
  Value value;                       ///< [batch, 1]
  std::vector<InputColumn> columns;  ///< that it is computed from
  std::vector<Value> inputs;         ///< [batch] each, in the order of the columns
};

/// Calls the model once for predictions of a batch of any size.
PredictionTrace trace_prediction(Graph& graph, const Model& model, const Task& task,
                                 const std::vector<InputColumn>& columns);

}  // namespace gradus

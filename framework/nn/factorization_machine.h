#pragma once

#include "framework/nn/embedding.h"

namespace gradus {

/// bias + the sum over fields of weight[id] + the sum over pairs of fields of vector_i · vector_j:
/// Rendle's factorisation machine (2010) of one id a field. Parameters: bias [1] and the tables
/// "0_weight" [rows, 1] of zeros, and the tables "0_vector" [rows, dimension], for each field.
class FactorizationMachine : public Module {
 public:
  /// `rows` are those of each field's tables; `l2` regularises all tables. Throws Error where there
  /// is no field.
  FactorizationMachine(const std::vector<std::int64_t>& rows, std::int64_t dimension,
                       double l2 = 0.0);

  /// For each field ids [batch] -> [batch, 1]. Throws Error for another number of fields.
  Value operator()(const std::vector<Value>& ids,
                   Where where = {__builtin_FILE(), __builtin_LINE()}) const;

 private:
  Parameter& bias_;
  std::vector<const Embedding*> weights_;
  std::vector<const Embedding*> vectors_;
};

}  // namespace gradus
